#!/bin/sh
# Does this host keep its time by another's? MAX_ERROR is by how many milliseconds
# its clock may be wrong at the worst, as far as its daemon tells (500).
#
# 0  it does, and which daemon says so
# 3  there is none of chronyc, ntpq, timedatectl
# 4  none of those that are there gets an answer from its daemon
# 5  it does not, or only by its own clock
# 6  it does, but may be wrong by more
set -eu

LC_ALL=C PATH=$PATH:${ROOT-}/usr/sbin:${ROOT-}/sbin
export LC_ALL PATH

max=${MAX_ERROR:-500} asked=

# Each of these says whether it is in sync, yes or no, and by how many
# milliseconds the clock may be wrong; nothing where the daemon doesn't answer.
# Without its servers a daemon's bound grows, while it still takes itself for in
# sync.

chrony() {
	# 7F7F0101 is the host's own clock.
	chronyc -n -c tracking </dev/null 2>/dev/null | awk -F , 'NF >= 14 {
		off = $5 < 0 ? -$5 : $5
		print ($14 == "Not synchronised" || $1 == "7F7F0101") ? "no" : "yes", 1000 * (off + $11 / 2 + $12)
	}'
}

ntp() {
	ntpq -c rv </dev/null 2>/dev/null | tr ',' '\n' | awk '
		/status=/ { sync = "yes" }
		/leap_alarm|sync_unspec|sync_local/ { sync = "no" }
		split($0, part, "=") == 2 { gsub(/ /, "", part[1]); value[part[1]] = part[2] + 0 }
		END {
			off = value["offset"] < 0 ? -value["offset"] : value["offset"]
			if (sync) print sync, off + value["rootdelay"] / 2 + value["rootdisp"]
		}'
}

# timedatectl knows of all daemons whether they keep the time, and of its own by
# how much it was off: "Offset: -1.2ms", "+2min 3s".
systemd() {
	{
		timedatectl status
		timedatectl timesync-status
	} </dev/null 2>/dev/null | awk '
		/synchronized: (yes|no)/ { sync = $NF }
		$1 == "Offset:" {
			for (i = 2; i <= NF; i++) {
				value = $i; sub(/^[-+]/, "", value)
				unit = value; gsub(/[0-9.]/, "", unit)
				off += value * (unit == "us" ? 0.001 : unit == "ms" ? 1 : unit == "s" ? 1000 : 60000)
			}
		}
		END { if (sync) print sync, off + 0 }'
}

for tool in chronyc ntpq timedatectl; do
	command -v "$tool" >/dev/null || continue
	asked="$asked${asked:+, }$tool"
	case $tool in
	chronyc) answer=$(chrony) ;;
	ntpq) answer=$(ntp) ;;
	timedatectl) answer=$(systemd) ;;
	esac
	case $answer in
	yes*) ;;
	no*) echo "not in sync, says $tool" && exit 5 ;;
	*) continue ;;
	esac
	wrong=$(printf '%s\n' "${answer#* }" | awk -v max="$max" '$1 > max + 0 { printf "%.0f", $1 }')
	if [ -n "$wrong" ]; then
		echo "wrong by up to $wrong ms, says $tool"
		exit 6
	fi
	echo "in sync, says $tool"
	exit 0
done
if [ -z "$asked" ]; then
	echo "none of chronyc, ntpq, timedatectl"
	exit 3
fi
echo "no answer: $asked"
exit 4
