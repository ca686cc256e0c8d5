#!/usr/bin/env bash
# Mailman 3 core: LMTP in (queue file with fsync), SQLite, SMTP out to the sink. Fan-out in batches (max_recipients 500)
# and with VERP for every message.
. "$(dirname "$0")/lib.sh"
root_only "Mailman"
need mailman3
tools
D=$WORK/mailman
LMTP=${MAILMAN_LMTP:-2602}
REST=${MAILMAN_REST:-2603}
port_free "$LMTP"
port_free "$REST"
rm -rf "$D"
mkdir -p "$D"
open_to_others
chmod 755 "$D"
chown list:list "$D"
write_config() { # VERP_INTERVAL
  cat >"$D/mailman.cfg" <<C
[mailman]
site_owner: owner@lists.example
layout: bench
[paths.bench]
var_dir: $D/var
bin_dir: /usr/lib/mailman3/bin
[mta]
incoming: mailman.mta.null.NullMTA
outgoing: mailman.mta.deliver.deliver
lmtp_host: 127.0.0.1
lmtp_port: $LMTP
smtp_host: 127.0.0.1
smtp_port: $SINK_PORT
max_recipients: 500
verp_delivery_interval: $1
[webservice]
hostname: 127.0.0.1
port: $REST
admin_user: bench
admin_pass: bench
[archiver.prototype]
enable: no
C
}
as_list() { setpriv --reuid=list --regid=list --clear-groups env HOME="$D" "$@"; }
rest() { curl -fsS -u bench:bench "http://127.0.0.1:$REST/3.1/$1" "${@:2}"; }
start_mailman() {
  start_metered setpriv --reuid=list --regid=list --clear-groups env HOME="$D" /usr/lib/mailman3/bin/master -C "$D/mailman.cfg" --force
  wait_port "$LMTP"
  wait_port "$REST"
  for _ in $(seq 60); do
    rest system/versions >/dev/null 2>&1 && return
    sleep 1
  done
  die "Mailman does not answer; see $WORK/daemon.log"
}

start_sink
write_config 0
start_mailman
make_list() { # NAME [MEMBERS_FILE]
  rest lists -d "fqdn_listname=$1@lists.example" >/dev/null
  rest "lists/$1@lists.example/config" -X PATCH -d default_nonmember_action=accept -d send_welcome_message=false \
    -d include_rfc2369_headers=true -d advertised=false -d digests_enabled=false -d archive_policy=never >/dev/null
  [ -n "${2:-}" ] || return 0
  cp "$2" "$D/members.tmp"
  chown list "$D/members.tmp"
  local start=$EPOCHREALTIME
  as_list mailman -C "$D/mailman.cfg" addmembers -W "$D/members.tmp" "$1@lists.example" >>"$WORK/daemon.log" 2>&1
  emit mailman3 import_members "$1" "$(jq -cn --argjson n "$(wc -l <"$2")" --argjson t "$(echo "$EPOCHREALTIME - $start" | bc)" \
    '{recipients:$n, seconds:($t*1000|round/1000), per_second:($n/$t|round)}')"
}
rest domains -d mail_host=lists.example >/dev/null
make_list empty
ALL=$POSTS
POSTS=$((ALL / 5))
for _ in $(seq "$REPEAT"); do
  for c in 1 8; do
    accept mailman3 accept $c -addr 127.0.0.1:"$LMTP" -lmtp -to empty@lists.example
    sleep 5 # its runners work on what was taken
  done
done
POSTS=$ALL
MODES=${MAILMAN_MODES-batch verp}
[ -z "$MODES" ] || make_list small "$WORK/members-small.txt" # takes a minute or two
for mode in $MODES; do
  if [ "$mode" = verp ]; then
    stop_pid "$METERED"
    write_config 1
    start_mailman
  fi
  for _ in $(seq "$REPEAT"); do
    fan_out mailman3 "$mode" small "$MEMBERS" 240 post -addr 127.0.0.1:"$LMTP" -lmtp -to small@lists.example
  done
done
if [ "${MAILMAN_BIG:-no}" = yes ]; then # adding so many members takes many minutes
  make_list big "$WORK/members-big.txt"
  fan_out mailman3 "${mode:-batch}" big "$MEMBERS_BIG" 900 post -addr 127.0.0.1:"$LMTP" -lmtp -to big@lists.example
fi
