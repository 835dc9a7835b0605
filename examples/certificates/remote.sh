#!/bin/sh
# When do this host's certificates run out? The arguments say where they are:
# paths, in which * and ? are patterns, and ports, as :443 or with what goes
# before TLS, smtp:25. A path or port that isn't there is left out. WARN_DAYS is
# how many days a certificate must still hold (30).
#
# 0  all hold
# 3  there is no openssl
# 4  some could not be read
# 5  some run out in WARN_DAYS
# 6  some have run out
#
# One line, the soonest first: DATE WHERE; DATE WHERE ...
set -eu

LC_ALL=C
export LC_ALL

if ! command -v openssl >/dev/null; then
	echo "no openssl"
	exit 3
fi

days=${WARN_DAYS:-30}
limit=
! command -v timeout >/dev/null || limit="timeout 10"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# judge says of the certificate in $work/pem, which is at $1, how it stands and
# when it runs out: "6 2026-11-02 /etc/ssl/a.pem".
judge() {
	if ! end=$(openssl x509 -in "$work/pem" -noout -enddate 2>/dev/null); then
		echo "4 unreadable $1"
		return
	fi
	how=0
	openssl x509 -in "$work/pem" -noout -checkend "$((days * 86400))" >/dev/null || how=5
	openssl x509 -in "$work/pem" -noout -checkend 0 >/dev/null || how=6
	# notAfter=Nov  2 11:04:38 2026 GMT
	printf '%s\n' "${end#notAfter=}" | awk -v how="$how" -v at="$1" '{
		month = (index("JanFebMarAprMayJunJulAugSepOctNovDec", $1) + 2) / 3
		printf "%d %04d-%02d-%02d %s\n", how, $4, month, $2, at
	}'
}

# look judges all that an argument stands for.
look() {
	case $1 in
	/*)
		# No splitting: patterns alone are replaced.
		IFS=
		for file in ${ROOT-}$1; do
			[ -e "$file" ] || continue
			cat "$file" >"$work/pem" 2>/dev/null || : >"$work/pem"
			judge "${file#"${ROOT-}"}"
		done
		unset IFS
		;;
	*:*)
		set -- "$1" "${1%%:*}" "${1##*:}"
		# Standard input is this script: whoever reads it has the rest.
		# shellcheck disable=SC2086 # two words or none
		$limit openssl s_client -connect "localhost:$3" -servername "$(uname -n)" ${2:+-starttls $2} \
			</dev/null >"$work/pem" 2>"$work/said" || true
		grep -q -i -e 'refused' -e 'errno=111' "$work/said" || judge "$1"
		;;
	*)
		echo "4 unreadable $1"
		;;
	esac
}

for where; do
	look "$where"
done | sort -k 2 >"$work/found"

if [ ! -s "$work/found" ]; then
	echo none
	exit 0
fi
cut -d ' ' -f 2- "$work/found" | awk '{ printf "%s%s", sep, $0; sep = "; " } END { print "" }'
exit "$(cut -d ' ' -f 1 "$work/found" | sort -n | tail -n 1)"
