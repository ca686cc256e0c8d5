#!/usr/bin/env bash
# Physical limits: disk, engine, signatures, and SMTP over loopback with our own programs and with Postfix's smtp-source
# and smtp-sink.
. "$(dirname "$0")/lib.sh"
tools
find_postfix
for _ in $(seq "$REPEAT"); do
  "$BIN/limits" -dir "$WORK" -time "${LIMIT_TIME:-2s}" >"$WORK/limits.jsonl"
  while read -r l; do
    emit limit "$(jq -r .measure <<<"$l")" "$(jq -r .workers <<<"$l")" "$(jq -c 'del(.measure,.workers)' <<<"$l")"
  done <"$WORK/limits.jsonl"
done

N=${LOOPBACK_N:-20000}
with_load() { # NAME CONNECTIONS PORT LOAD_ARGS...
  local name=$1 conns=$2 port=$3 out
  shift 3
  out=$("$BIN/meter" -out "$WORK/load.json" -- "$BIN/load" -addr 127.0.0.1:"$port" -conns "$conns" -n "$N" -size "$SIZE" "$@")
  emit limit "$name" "$conns" "$(jq -c --slurpfile u "$WORK/load.json" '{per_second:((.recipients_accepted/.seconds)|round),
    transactions_per_second:(.messages_per_second|round), cpu_ms_each:($u[0].cpu_seconds*1e3/.recipients_accepted*1e4|round/1e4),
    p50_ms:.final_reply_ms.p50, p95_ms:.final_reply_ms.p95}' <<<"$out")"
}
with_source() { # NAME CONNECTIONS PORT
  local start=$EPOCHREALTIME
  "$PF/usr/sbin/smtp-source" -d -s "$2" -m "$N" -l "$SIZE" -f sender@members.example -t someone@members.example 127.0.0.1:"$3"
  emit limit "$1" "$2" "$(jq -cn --argjson n "$N" --argjson t "$(echo "$EPOCHREALTIME - $start" | bc)" '{per_second:($n/$t|round)}')"
}
start_sink
port_free 2527
"$PF/usr/sbin/smtp-sink" -u nobody -c 127.0.0.1:2527 1000 >/dev/null 2>&1 9>&- &
STARTED+=($!)
wait_port 2527
for _ in $(seq "$REPEAT"); do
  with_load smtp_load_to_sink_no_pipelining 1 "$SINK_PORT" -pipeline=false
  with_load smtp_load_to_sink 1 "$SINK_PORT"
  with_load smtp_load_to_sink_ahead 1 "$SINK_PORT" -ahead
  with_load smtp_load_to_sink 8 "$SINK_PORT"
  with_load smtp_load_to_sink_new_connection_each 8 "$SINK_PORT" -per-conn 1 -n $((N / 4))
  with_load smtp_load_to_sink_ahead 8 "$SINK_PORT" -ahead
  with_load smtp_load_to_sink_50_recipients 8 "$SINK_PORT" -to-file "$WORK/members-big.txt" -rcpts 50 -n $((N / 10))
  with_load smtp_load_to_smtp-sink 8 2527
  with_source smtp_smtp-source_to_sink 8 "$SINK_PORT"
  with_source smtp_smtp-source_to_smtp-sink 8 2527
done
