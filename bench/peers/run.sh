#!/usr/bin/env bash
# Measures this machine's limits, the peers and sencoforum, one after the other, and prints the table. For a Debian
# machine, as root: it installs the peers, sets them up on loopback ports, and stops what it started.
#
#   bench/peers/run.sh                  # everything
#   bench/peers/run.sh -q               # everything but what takes long, within five minutes
#   bench/peers/run.sh postfix ours     # some of it
#
# bench/README.md names the settings and says how far to trust the figures.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
if [ "${1:-}" = -q ]; then
  export BENCH_QUICK=yes
  shift
fi
. "$HERE/lib.sh"
export BENCH_WORK=$WORK BENCH_RUN=$RUN
root_only "the comparison"
tools
failed=0
for p in "${@:-limits postfix mlmmj mailman3 ours}"; do
  for script in $p; do
    [ -e "$HERE/$script.sh" ] || die "there is no peer $script"
    bash "$HERE/$script.sh" || { echo "bench: $script failed" >&2; failed=1; }
  done
done
"$BIN/table" "$RESULTS" | tee "$WORK/table.md"
echo "bench: results are in $RESULTS, the table in $WORK/table.md" >&2
exit $failed
