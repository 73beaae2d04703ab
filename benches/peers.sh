#!/usr/bin/env bash
# A full scan beside other tools that read the same log: best of several runs, alternating, warm cache.
#
# usage: benches/peers.sh [RUNS]        (5 by default)
#   GATEHOUND_BENCH_DIR  where the inputs are kept between runs (about 3.5 GB; by default a directory of its own
#                        in the temporary directory, removed at the end)
#   GATEHOUND_BENCH_RATE requests a second of the simulated day (60 by default: about 1 GB of combined log)
set -euo pipefail
cd "$(dirname "$0")/.."

runs=${1:-5}
rate=${GATEHOUND_BENCH_RATE:-60}
cores=$(nproc)
if [[ -n ${GATEHOUND_BENCH_DIR:-} ]]; then
    dir=$GATEHOUND_BENCH_DIR
    mkdir -p "$dir"
else
    dir=$(mktemp -d)
    trap 'rm -rf "$dir"' EXIT
fi

for tool in awk sort; do
    command -v "$tool" >/dev/null || { echo "$tool is missing" >&2; exit 1; }
done
time_tool=$(type -P time) || { echo "time (GNU time) is missing" >&2; exit 1; }

cargo build --release --quiet --bin gatehound
gatehound=${CARGO_TARGET_DIR:-target}/release/gatehound

# make NAME RATE CLIENTS FORMAT: one simulated day, if it is not there yet
make() {
    [[ -s $dir/$1 ]] && return
    "$gatehound" simulate --seed 7 --rate "$2" --clients "$3" --agents 3000 --format "$4" -o "$dir/$1.part"
    mv "$dir/$1.part" "$dir/$1"
}
json_rate=$(awk -v rate="$rate" 'BEGIN { print rate * 0.4 }')
make combined.log "$rate" "$(awk -v rate="$rate" 'BEGIN { print int(rate * 5000) }')" combined
make many.log "$rate" "$(awk -v rate="$rate" 'BEGIN { print int(rate * 250000 / 3) }')" combined
make day.json.log "$json_rate" "$(awk -v rate="$rate" 'BEGIN { print int(rate * 5000) }')" json

# Field 1 of a combined line is the client, field 7 the target; the agent stands between the last two quotes.
describe() {
    local lines
    lines=$(wc -l <"$1")
    printf '%s: %d bytes, %d lines' "${1##*/}" "$(wc -c <"$1")" "$lines"
    case $1 in
    *.json.log) echo ;;
    *)
        awk -F'"' '{
            split($1, head, " "); split($2, line, " "); sub(/\?.*/, "", line[2])
            clients += !(head[1] in client); client[head[1]]
            agents += !($6 in agent); agent[$6]
            paths += !(line[2] in path); path[line[2]]
        } END { printf ", %d clients, %d agents, %d paths\n", clients, agents, paths }' "$1"
        ;;
    esac
}

# The first field whose name speaks of the client's address.
address=$(head -n 1 "$dir/day.json.log" | grep -oE '"(remote_addr|client_ip|clientip|client|ip|remote_ip|src_ip)"' |
    head -n 1 | tr -d '"' || true)
duckdb_query="SELECT count(*) FROM (SELECT $address, count(*) FROM read_json('$dir/day.json.log', format='newline_delimited') GROUP BY 1)"
duckdb_run=()
if command -v duckdb >/dev/null; then
    duckdb_run=(duckdb -c "$duckdb_query")
elif python3 -c 'import duckdb' 2>/dev/null; then
    duckdb_run=(python3 -c 'import duckdb, sys; duckdb.sql(sys.argv[1]).fetchall()' "$duckdb_query")
fi

# once NAME COMMAND…: seconds, CPU seconds and peak memory of one run, appended to the notes of NAME
once() {
    local name=$1
    shift
    local status=0
    "$time_tool" -f '%e %U %S %M' -o "$dir/time" "$@" >/dev/null 2>&1 || status=$?
    # Tools say with small numbers that they found something or nothing; 126 and more means that they did not run.
    if ((status >= 126)); then
        echo "$name ended with $status" >&2
        return
    fi
    tail -n 1 "$dir/time" >>"$dir/$name.runs"
}

# row NAME LINES BASE: the best run of NAME, beside the seconds of BASE
row() {
    if [[ ! -s $dir/$1.runs ]]; then
        printf '%-24s  missing\n' "$1"
        return
    fi
    sort -n "$dir/$1.runs" | head -n 1 | awk -v name="$1" -v lines="$2" -v base="$3" '{
        printf "%-24s %8.2f s  %7s x  %7.0f ns/line and core  %7.0f MB\n",
            name, $1, (base > 0 ? sprintf("%.2f", $1 / base) : "-"), ($2 + $3) * 1e9 / lines, $4 / 1000
    }'
}
best() { [[ -s $dir/$1.runs ]] && sort -n "$dir/$1.runs" | head -n 1 | cut -d' ' -f1 || echo 0; }

rm -f "$dir"/*.runs
cat "$dir/combined.log" "$dir/many.log" "$dir/day.json.log" >/dev/null
for ((run = 0; run < runs; run++)); do
    command -v rg >/dev/null && once rg rg -c ' 401 ' "$dir/combined.log"
    once gatehound-combined "$gatehound" scan "$dir/combined.log" --format ndjson
    command -v rg >/dev/null && once rg-many rg -c ' 401 ' "$dir/many.log"
    once gatehound-many "$gatehound" scan "$dir/many.log" --format ndjson
    ((${#duckdb_run[@]})) && [[ -n $address ]] && once duckdb-json "${duckdb_run[@]}"
    once gatehound-json "$gatehound" scan "$dir/day.json.log" --format ndjson
done
command -v goaccess >/dev/null &&
    once goaccess goaccess "$dir/combined.log" --log-format=COMBINED --no-progress -o "$dir/goaccess.json"

lines() { wc -l <"$dir/$1"; }
echo "best of $runs runs, $cores cores"
for name in combined.log many.log day.json.log; do describe "$dir/$name"; done
echo
row rg "$(lines combined.log)" "$(best rg)"
row gatehound-combined "$(lines combined.log)" "$(best rg)"
row goaccess "$(lines combined.log)" "$(best rg)"
row rg-many "$(lines many.log)" "$(best rg-many)"
row gatehound-many "$(lines many.log)" "$(best rg-many)"
row duckdb-json "$(lines day.json.log)" "$(best duckdb-json)"
row gatehound-json "$(lines day.json.log)" "$(best duckdb-json)"
