#!/bin/sh
# Looks for the probe file $read in $folder, and writes $write beside it.
umask 007
if [ ! -d "${dir:?}" ]; then
	say missing yes
	return
fi
# A folder's listing is asked for, since that is what caches renew.
listing=$(ls -a "${folder:?}" 2>/dev/null)
case "
$listing
" in
*"
${read:?}
"*) ;;
*) return 0 ;;
esac
[ "$(head -c 200 "$folder/$read" | tr -d '\n\000')" = "${token:?}" ] || return 0
printf '%s\n' "${content?}" >"$folder/${write:?}.new" && mv -f "$folder/$write.new" "$folder/$write" || return
say found yes
