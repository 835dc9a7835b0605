#!/bin/sh
# Carries a scan out in a job of a CI system. Where the job is run again, and an
# earlier try of the same pipeline has left a run that can be taken up, it goes on
# with that one. What another pipeline has left it does not take up: apply says
# that there is something, and does nothing.
#
# usage: apply-or-resume.sh SCAN-FILE SINCE [PLAN] [FLAG ...]
#
# SINCE is when the pipeline began, in UTC, such as 2026-11-26T17:07:35Z. PLAN is the
# plan of that scan file, as plan --out has saved it: it is applied and nothing else,
# and no run is taken up that isn't of that plan, however late it has begun. The flags
# are those that apply and resume both have.
set -eu
export LC_ALL=C # dates are compared as text
scan=$1
since=$(printf %s "$2" | tr -d ':-' | cut -c1-15)
shift 2
expr "$since" : '[0-9]\{8\}T[0-9]\{6\}$' >/dev/null || {
	echo "$0: $since is no time such as 2026-11-26T17:07:35Z" >&2
	exit 2
}
of=$scan what=
case ${1-} in
'' | -*) ;;
*)
	of=$1
	shift
	what=$(sed -n 's/^  "digest": "\(sha256:[0-9a-f]*\)".*/\1/p' "$of")
	[ -n "$what" ] || {
		echo "$0: $of is no saved plan" >&2
		exit 2
	}
	;;
esac

# Its exit status is that of the run, and no error.
status=$(scanmaster status --json "$scan" 2>/dev/null) || true
# A run is named by when it began, such as 20261126T170735.801Z-b00d87.
run=$(printf '%s\n' "$status" | sed -n 's/^  "run": "\([0-9]\{8\}T[0-9]\{6\}\).*/\1/p')
if [ -n "$run" ] && printf '%s\n' "$status" | grep -q '^  "resumable": true' && expr "$run" '>=' "$since" >/dev/null &&
	{ [ -z "$what" ] || printf '%s\n' "$status" | grep -q "^  \"planned\": \"$what\""; }; then
	exec scanmaster resume "$@" "$scan"
fi
exec scanmaster apply "$@" "$of"
