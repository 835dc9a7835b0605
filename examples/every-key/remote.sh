#!/bin/sh
# Says when a certificate runs out. Arguments: its path, and how many days it
# must still hold. Status 2 where it holds for less, 3 where it isn't there.
set -eu

certificate=$1 days=$2
[ -r "$certificate" ] || exit 3
openssl x509 -in "$certificate" -noout -enddate
openssl x509 -in "$certificate" -noout -checkend "$((days * 86400))" >/dev/null || exit 2
