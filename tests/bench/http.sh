#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# http.sh DIRECTORY: measures gallery_server (from DIRECTORY) and nginx with the same files and
# fields, alternately, each on one CPU with wrk on another. Runs ROUNDS rounds of SECONDS_EACH.
set -euo pipefail
programs=$1
rounds=${ROUNDS:-5}
seconds=${SECONDS_EACH:-3}
here=$(mktemp -d)
server_cpu=0 client_cpu=1
(($(nproc) > 1)) || client_cpu=0

processes=()
finish() {
  ((${#processes[@]})) && kill "${processes[@]}" 2>/dev/null
  wait
  rm -rf "$here"
}
trap finish EXIT

wait_for() { # pid command...
  local pid=$1
  shift
  until "$@" >/dev/null 2>&1; do
    kill -0 "$pid" || { cat "$here"/*.out "$here"/error.log >&2; exit 1; }
    sleep 0.1
  done
}

start_gallery() {
  taskset -c "$server_cpu" "$programs/gallery_server" --database "$here/gallery.db" \
    --listen 127.0.0.1:0 --token secret=tenant-admin:acme --io-threads 1 >"$here/gallery.out" &
  gallery_pid=$!
  processes+=("$gallery_pid")
  wait_for "$gallery_pid" grep -q '^listening on' "$here/gallery.out"
  gallery=$(sed -n 's/^listening on //p' "$here/gallery.out")
}

upload() { # side name
  "$programs/http_bench" image "$1" "$here/$2"
  curl -sSf -o "$here/$2.json" -H "$authorization" -F "file=@$here/$2" "$gallery/api/image"
}

# nginx directives for the fields that only our responses have.
same_fields() { # target
  curl -sSf -o /dev/null -D - -H "$authorization" "$gallery$1" | tr -d '\r' | grep -viE \
    '^(HTTP/|content-type|content-length|etag|last-modified|accept-ranges|date|connection|$)' |
    sed -E 's/^([^:]*): (.*)$/add_header \1 "\2";/; s/\\"|"([^"]*)"([^"]*)"/"\1\\"\2\\"/'
}

start_nginx() {
  mkdir -p "$here/files"
  local i
  for i in "${!names[@]}"; do
    curl -sSf -o "$here/files/${names[i]}.png" -H "$authorization" "$gallery${targets[i]}"
  done
  cat >"$here/nginx.conf" <<CONF
daemon off;
worker_processes 1;
pid $here/nginx.pid;
error_log $here/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=100;
  client_body_temp_path $here/t1; proxy_temp_path $here/t2; fastcgi_temp_path $here/t3;
  uwsgi_temp_path $here/t4; scgi_temp_path $here/t5;
  types { image/png png; }
  server {
    listen 127.0.0.1:$nginx_port;
    root $here/files;
    $(same_fields "${targets[0]}")
  }
}
CONF
  chmod -R a+rX "$here"
  taskset -c "$server_cpu" nginx -p "$here" -c "$here/nginx.conf" 2>"$here/nginx.out" &
  nginx_master=$!
  processes+=("$nginx_master")
  wait_for "$nginx_master" curl -sf "http://127.0.0.1:$nginx_port/${names[0]}.png"
  nginx_pid=$(cat "/proc/$nginx_master/task/$nginx_master/children")
}

free_port() {
  local port
  for port in {18080..18180}; do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
}

ticks() { sed 's/.*) //' "/proc/$1/stat" | awk '{print $12 + $13}'; }

# Prints the CPU time per request in microseconds, and requests per second.
load() { # pid url fields...
  local pid=${1// /} url=$2 before after field arguments=()
  shift 2
  for field in "$@"; do arguments+=(-H "$field"); done
  before=$(ticks "$pid")
  taskset -c "$client_cpu" wrk -t1 -c32 -d"${seconds}s" "${arguments[@]}" "$url" >"$here/wrk.out"
  after=$(ticks "$pid")
  ! grep -q 'Non-2xx' "$here/wrk.out" || { cat "$here/wrk.out" >&2; exit 1; }
  awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" \
    '/requests in/ {requests = $1} /^Requests\/sec/ {rate = $2}
     END {printf "%.2f %.0f\n", ticks / hz * 1e6 / requests, rate}' "$here/wrk.out"
}

median() { sort -g | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}'; }
span() { sort -g | awk '{v[NR] = $1} END {printf "%.2f (%.2f to %.2f)", v[int((NR + 1) / 2)], v[1], v[NR]}'; }

etag_of() { curl -sSf -o /dev/null -D - "${@:2}" "$1" | tr -d '\r' | sed -n 's/^etag: //Ip'; }

compare() { # title place conditional
  local title=$1 target=${targets[$2]} file=/${names[$2]}.png round ours theirs tag=() their_tag=()
  if [[ $3 == yes ]]; then
    tag=("If-None-Match: $(etag_of "$gallery$target" -H "$authorization")")
    their_tag=("If-None-Match: $(etag_of "http://127.0.0.1:$nginx_port$file")")
  fi
  : >"$here/rounds"
  for ((round = 0; round < rounds; round++)); do
    ours=$(load "$gallery_pid" "$gallery$target" "$authorization" "${tag[@]}")
    theirs=$(load "$nginx_pid" "http://127.0.0.1:$nginx_port$file" "$authorization" "${their_tag[@]}")
    echo "$ours $theirs" >>"$here/rounds"
  done
  local calls=20000 handle cpu
  handle=$(for round in 1 2 3; do
    taskset -c "$server_cpu" "$programs/http_bench" handle "$here/gallery.db" "$calls" "$target" \
      "${tag[@]#If-None-Match: }"
  done | median)
  cpu=$(awk '{print $1}' "$here/rounds" | median)
  echo "$title"
  echo "  CPU per request, ours / nginx     $(awk '{print $1 / $3}' "$here/rounds" | span)"
  echo "  requests per second, ours / nginx $(awk '{print $2 / $4}' "$here/rounds" | span)"
  echo "  handle() share of our CPU         $(awk -v h="$handle" -v c="$cpu" \
    'BEGIN {printf "%.0f %%", h / c / 10}')"
  echo "  absolute: ours $cpu µs, $(awk '{print $2}' "$here/rounds" | median)/s;" \
    "nginx $(awk '{print $3}' "$here/rounds" | median) µs," \
    "$(awk '{print $4}' "$here/rounds" | median)/s; handle() $handle ns"
}

authorization='Authorization: Bearer secret'
start_gallery
upload 106 small.png
upload 184 large.png
names=(preview image)
targets=(/api/images/tenant/small.png/preview /api/images/tenant/large.png)
nginx_port=$(free_port)
start_nginx

echo "median of $rounds rounds (min to max), 32 connections"
compare "304" 0 yes
compare "preview of $(stat -c %s "$here/files/preview.png") bytes" 0 no
compare "image of $(stat -c %s "$here/files/image.png") bytes" 1 no
