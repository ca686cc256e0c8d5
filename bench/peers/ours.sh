#!/usr/bin/env bash
# sencoforum as it ships. Acceptance; what a post costs in syncs; fan-out with an envelope sender for each member,
# unsigned and signed; memory; import of members through the running server.
#
# The sink plays a mail service that takes 8 connections, as many as the limit that the rate is compared with. Every
# post is by a member of the list who gets no mail, because only members may post.
. "$(dirname "$0")/lib.sh"
need strace
tools
build_ours
METRICS=${OURS_METRICS:-2611}
SMARTHOST="connections = 8"
D=$WORK/ours
TRACE=$WORK/trace.txt
CONFIG=$D/config.toml

# new_server starts a server without any data.
new_server() {
  write_ours
  start_server
}
# start_traced starts the server so that strace sees the named system calls and lets all others run at full speed. The
# process to stop is the server; strace ends by itself.
start_traced() { # CALLS
  port_free "$PORT"
  rm -f "$TRACE"
  strace -D -f --seccomp-bpf -qq -ttt -T -y -e trace="$1" -e signal=none -o "$TRACE" "$BIN/sencoforum" --config "$CONFIG" serve >>"$WORK/daemon.log" 2>&1 9>&- &
  METERED=$!
  STARTED+=($!)
  wait_port "$PORT"
}

make_list() { # NAME SEND_DELAY
  ours list create "$1@lists.example" --title "$1"
  ours list set "$1" send_delay "$2"
  ours list set "$1" posts_hour off
  ours list set "$1" posts_day off
  ours list set "$1" ack off
  ours member add "$SENDER" --list "$1" --mode none
}
to() { echo -addr 127.0.0.1:"$PORT" -from "$SENDER" -to "$1@lists.example"; }

# metric NAME prints one of the server's own figures, or nothing while it serves none.
metric() { curl -fsS "http://127.0.0.1:$METRICS/metrics" 2>/dev/null | awk -v n="$1" '$1 == n {print $2}' || true; }

# The list "quiet" publishes nothing within the test, so what follows a post is off; "prompt" publishes each post at
# once, to nobody, which is work that is not part of acceptance but shares its processors and its disk.
acceptance() {
  local before after
  new_server
  make_list quiet 15m
  make_list prompt 0s
  for _ in $(seq "$REPEAT"); do
    for c in 1 8; do
      before=$(metric sencoforum_store_commits_total)
      accept ours accept $c $(to quiet)
      after=$(metric sencoforum_store_commits_total)
      [ -z "$after" ] || emit ours commits $c "$(tail -1 "$RESULTS" | jq -c --argjson a "$after" --argjson b "$before" '{messages, commits_each:(($a-$b)/.messages*1000|round/1000)}')"
    done
    for c in 1 8; do accept ours accept_published_at_once $c $(to prompt); done
  done
  stop_server
}

# The engine commits with two fdatasyncs; an fsync of its file belongs to a growth of the file and is counted apart, as
# are the syncs of other files. strace delays each sync a little, so more posts may share one than without it.
syncs() {
  local l
  new_server
  make_list quiet 15m
  stop_server
  start_traced fdatasync,fsync
  for _ in $(seq "$REPEAT"); do
    for c in 1 8; do
      l=$("$BIN/load" -conns $c -n "$POSTS" -size "$SIZE" $(to quiet))
      emit ours syncs $c "$("$BIN/calls" -from "$(jq .start <<<"$l")" -to "$(jq .last_reply <<<"$l")" "$TRACE" | jq -c --argjson n "$(jq .messages_accepted <<<"$l")" '
        . as $c | def of(name): $c[name].calls // 0;
        {messages:$n, fdatasync_each:(of("fdatasync forum.db")/$n*1000|round/1000), commits_each:(of("fdatasync forum.db")/2/$n*1000|round/1000),
         growth_syncs:of("fsync forum.db"), other_syncs:(([$c[].calls]|add // 0) - of("fdatasync forum.db") - of("fsync forum.db"))}')"
    done
  done
  stop_server
}

import_members() { # LIST
  local n start
  n=$(wc -l <"$WORK/members-$1.txt")
  { echo address; cat "$WORK/members-$1.txt"; } >"$D/members.csv"
  start=$EPOCHREALTIME
  ours member import --list "$1" --yes "$D/members.csv"
  emit ours import_members "$1" "$(jq -cn --argjson n "$n" --argjson t "$(echo "$EPOCHREALTIME - $start" | bc)" '{recipients:$n, seconds:($t*1000|round/1000), per_second:($n/$t|round)}')"
}

# Each import is into a server of its own. The data of the last one serves the measures that follow.
imports() {
  for _ in $(seq "$REPEAT"); do
    new_server
    for l in small big; do
      make_list $l 0s
      import_members $l
    done
    stop_server
  done
}

idle() {
  local seconds=${IDLE_SECONDS:-30}
  start_server
  sleep "$seconds"
  emit ours memory_idle "" "$(meter_get | jq -c --argjson n $((MEMBERS + MEMBERS_BIG)) --argjson s "$seconds" \
    '{mb:(.now_mb*10|round/10), anon_mb:(.now_anon_mb*10|round/10), memberships:$n, seconds_after_start:$s}')"
}

warm_up() {
  sink_reset
  post $(to small) >>"$WORK/post.log" 2>&1
  sink_wait "$MEMBERS" 120
  sleep 1
}

# journal_figures prints what the server says of its outcomes, in all since its start, as a JSON array; null while it
# says nothing.
journal_figures() {
  local all=() m
  for m in queue_stalled_seconds_total queue_settle_seconds_sum queue_settle_seconds_count store_commit_seconds_sum store_commit_seconds_count; do
    all+=("$(metric sencoforum_$m)")
  done
  jq -cn '$ARGS.positional | if any(. == "") then null else map(tonumber) end' --args "${all[@]}"
}

# The share of outcomes is the time in which copies were due and none could be handed over, because outcomes had to be
# put on record first, over the time of the fan-out. Beside it stands the share of the time in which outcomes were being
# put on record, the wait for other transactions included, most of it while copies are sent; and that of all commits.
fan_outs() {
  local n before after
  warm_up
  for l in small big; do
    n=$MEMBERS
    [ $l = small ] || n=$MEMBERS_BIG
    for _ in $(seq "$REPEAT"); do
      before=$(journal_figures)
      fan_out ours single $l "$n" 300 post $(to $l)
      sleep 1 # the last outcomes are put on record
      after=$(journal_figures)
      [ "$after" = null ] || emit ours journal $l "$(tail -1 "$RESULTS" | jq -c --argjson b "$before" --argjson a "$after" '
        .seconds as $t | def share(i): ($a[i]-$b[i])/$t*1000|round/1000;
        {recipients, seconds, share:share(0), settle_share:share(1), groups:($a[2]-$b[2]), store_share:share(3), commits:($a[4]-$b[4])}')"
    done
  done
  stop_server
}

# signed sends the same with a signature (RSA, 2,048 bits) for each copy.
signed() {
  sed -i 's/^sign = false$/sign = true/' "$CONFIG"
  start_server
  warm_up
  for _ in $(seq "$REPEAT"); do
    fan_out ours signed small "$MEMBERS" 300 post $(to small)
    sleep 1
  done
  stop_server
  sed -i 's/^sign = true$/sign = false/' "$CONFIG"
}

# How long the store's file is written and synced between the reply to a post and its last delivery, as a share of that
# time. It is an upper bound for the journal of outcomes: copies are sent meanwhile, the rows of the queue are written
# in that time too, and strace makes each call longer.
journal_by_strace() {
  local s p
  start_traced fdatasync,fsync,pwrite64
  warm_up
  for _ in $(seq "$REPEAT"); do
    sink_reset
    p=$(post $(to small))
    sink_wait "$MEMBERS" 120
    s=$(sink_stats)
    emit ours journal_by_strace small "$("$BIN/calls" -from "$(jq .last_reply <<<"$p")" -to "$(jq .last_delivery <<<"$s")" "$TRACE" | jq -c --argjson n "$MEMBERS" \
      --argjson t "$(jq -n --argjson p "$p" --argjson s "$s" '$s.last_delivery - $p.last_reply')" '
      ([to_entries[] | select(.key | endswith(" forum.db")) | .value.seconds] | add // 0) as $busy
      | {recipients:$n, seconds:($t*1000|round/1000), share:($busy/$t*1000|round/1000), commits:((.["fdatasync forum.db"].calls // 0)/2)}')"
    sleep 1
  done
  stop_server
}

start_sink
acceptance
syncs
imports
idle
fan_outs
signed
journal_by_strace
