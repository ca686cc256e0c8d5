#!/usr/bin/env bash
# mlmmj: no server of its own; a mail transfer agent pipes each post to mlmmj-receive. A loop that reads file names
# stands in for that agent. Fan-out with mlmmj's own VERP (one transaction per recipient) and, with the verp setting
# empty, in groups of 100 (no VERP).
. "$(dirname "$0")/lib.sh"
need mlmmj
tools
D=$WORK/mlmmj
rm -rf "$D"
mkdir -p "$D"
make_list() { # DIR MEMBERS_FILE
  local l=$1
  mkdir -p "$l"/{incoming,queue/discarded,archive,text,subconf,unsubconf,bounce,control,moderation,subscribers.d,digesters.d,requeue,nomailsubs.d}
  cp /usr/share/mlmmj/text.skel/en/* "$l/text/" 2>/dev/null || true
  echo "$LIST" >"$l/control/listaddress"
  echo owner@members.example >"$l/control/owner"
  echo 127.0.0.1 >"$l/control/relayhost"
  echo "$SINK_PORT" >"$l/control/smtpport"
  touch "$l/control/notifysub" "$l/index"
  # mlmmj spreads subscribers over files by the address's first letter.
  awk -v d="$l/subscribers.d" '{c=substr($0,1,1); print > (d "/" c)}' "$2"
}
make_list "$D/small" "$WORK/members-small.txt"
make_list "$D/big" "$WORK/members-big.txt"
: >"$D/none.txt"
make_list "$D/empty" "$D/none.txt"
for _ in $(seq 200); do echo "Does anyone use provision maps with Year 7 pupils who have a review"; done >"$D/filler"
make_message() {
  printf 'Return-Path: <sender@members.example>\nFrom: sender@members.example\nTo: %s\nSubject: Fan-out test %s\nMessage-ID: <%s@members.example>\n\n' "$LIST" "$1" "$1"
  head -c $((SIZE - 200)) "$D/filler"
  echo
}

mkfifo "$D/fifo"
cat >"$D/agent.sh" <<'A'
exec 3<>"$1"
while read -r list file <&3; do /usr/bin/mlmmj-receive -F -L "$list" <"$file"; echo "$file" >>"$1.done"; done
A
start_sink
start_metered sh "$D/agent.sh" "$D/fifo"
serial=0
mlmmj_post() { # LIST; it says nothing of when it has taken a post
  serial=$((serial + 1))
  make_message "$serial.$RANDOM" >"$D/msg.$serial"
  echo "$1 $D/msg.$serial" >"$D/fifo"
}

# Acceptance: posts to a list without subscribers, one chain of processes for each.
accept_serial() {
  local n=$((POSTS / 5)) start i
  : >"$D/fifo.done"
  for i in $(seq "$n"); do make_message "accept.$i.$RANDOM" >"$D/in.$i"; done
  meter_reset
  start=$EPOCHREALTIME
  for i in $(seq "$n"); do echo "$D/empty $D/in.$i" >"$D/fifo"; done
  for i in $(seq 2400); do
    [ "$(wc -l <"$D/fifo.done")" -lt "$n" ] || break
    [ "$i" -lt 2400 ] || { echo "bench: mlmmj took only $(wc -l <"$D/fifo.done") of $n posts" >&2; return 1; }
    sleep 0.05
  done
  emit mlmmj accept 1 "$(jq -cn --argjson n "$n" --argjson t "$(echo "$EPOCHREALTIME - $start" | bc)" --argjson u "$(meter_get)" \
    '{messages:$n, per_second:($n/$t*10|round/10), cpu_ms_each:($u.cpu_seconds*1000/$n*1000|round/1000), note:"pipe to mlmmj-receive, no fsync"}')"
}
for _ in $(seq "$REPEAT"); do accept_serial; done
# mlmmj waits for an acknowledgement between its small writes (Nagle's algorithm against delayed acknowledgements, some
# 40 ms a message), so that its own VERP takes minutes for the small list: one run of it, and none for the big list.
for mode in ${MLMMJ_MODES-grouped verp}; do
  for l in small big; do
    rm -f "$D/$l/control/verp"
    [ "$mode" = verp ] || : >"$D/$l/control/verp"
  done
  runs=$REPEAT
  [ "$mode" = grouped ] || runs=1
  for _ in $(seq "$runs"); do
    fan_out mlmmj "$mode" small "$MEMBERS" 300 mlmmj_post "$D/small"
    sleep 1
  done
  [ "$mode" = verp ] || fan_out mlmmj "$mode" big "$MEMBERS_BIG" 300 mlmmj_post "$D/big"
done
