#!/usr/bin/env bash
# Simulated days, scanned and held against their truth; no log is stored.
#
# usage: benches/days.sh [--seeds FROM-TO] [--rates "R …"] [--formats "F …"] [--harmless] [--min-severity S] [--ablate]
#   --harmless adds, per seed, a day without attacks.
#   --ablate scans the same days again without each look-alike, and without telling sources as one (`scan --without NAME`,
#     which says so in the report), and prints what that costs. A look-alike that changes nothing has not earned its place.
set -euo pipefail
cd "$(dirname "$0")/.."

seeds=1-3 rates="5" formats="combined json" harmless=0 severity=medium ablate=0
while (($#)); do
    case $1 in
    --seeds) seeds=$2; shift 2 ;;
    --rates) rates=$2; shift 2 ;;
    --formats) formats=$2; shift 2 ;;
    --min-severity) severity=$2; shift 2 ;;
    --harmless) harmless=1; shift ;;
    --ablate) ablate=1; shift ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "unknown option $1; see --help" >&2; exit 2 ;;
    esac
done

cargo build --release --quiet --bin gatehound
gatehound=${CARGO_TARGET_DIR:-target}/release/gatehound
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# pair FIELD: how many of how many, from the score
pair() {
    grep -oE "\"$1\":\{\"hit\":[0-9]+,\"of\":[0-9]+" "$dir/score.json" | head -n 1 | grep -oE '[0-9]+' | tr '\n' ' '
}

# day SEED RATE FORMAT SCENARIO [LEFT_OUT]: simulate into scan, then evaluate. A scan that finds something ends with 1.
day() {
    "$gatehound" simulate --seed "$1" --rate "$2" --format "$3" --scenario "$4" --truth "$dir/truth.json" |
        { "$gatehound" scan - ${5:+--without "$5"} --format ndjson >"$dir/report.ndjson" 2>"$dir/said" ||
            { (($? == 1)) || { cat "$dir/said" >&2; exit 2; }; }; }
    "$gatehound" evaluate --truth "$dir/truth.json" --min-severity "$severity" --format json \
        "$dir/report.ndjson" >"$dir/score.json"
    local look_alikes
    look_alikes=$(grep -oE '"look_alikes_hit":\[[^]]*\]' "$dir/score.json" | cut -d: -f2- | grep -oE '"[^"]+"' |
        tr -d '"' | tr '\n' ' ' || true)
    # shellcheck disable=SC2046
    printf '%s %s %s %s %s\n' "$1" "$2" "$3" "$4" "$(pair strict) $(pair precision) $look_alikes" |
        tee -a "$dir/days${5:+-$5}" | awk '{
            printf "seed %-4s rate %-5s %-9s %-5s strict %2d/%-2d precision %2d/%-2d look-alikes", $1, $2, $3, $4, $5, $6, $7, $8
            for (i = 9; i <= NF; i++) printf " %s", $i
            print (NF > 8 ? "" : " -")
        }'
}

# all_days [LEFT_OUT]
all_days() {
    for format in $formats; do
        for rate in $rates; do
            for ((seed = ${seeds%-*}; seed <= ${seeds#*-}; seed++)); do
                day "$seed" "$rate" "$format" all "${1-}"
                ((harmless == 0)) || day "$seed" "$rate" "$format" none "${1-}"
            done
        done
    done
}

# total FILE: the sums of some days
total() {
    awk '{
        met += $5; attacks += $6; right += $7; incidents += $8; hit += NF - 8
    } END {
        printf "%d days: strict recall %.1f %% (%d of %d), precision %.1f %% (%d of %d), look-alikes hit %.2f a day (%d)\n",
            NR, attacks ? 100 * met / attacks : 0, met, attacks, incidents ? 100 * right / incidents : 100, right, incidents, hit / NR, hit
    }' "$1"
}

all_days
echo
total "$dir/days"
((ablate)) || exit 0
look_alikes=$("$gatehound" scan - --without '?' 2>&1 </dev/null | sed -n 's/.*known: //p' | tr -d ,)
for left_out in $look_alikes; do
    all_days "$left_out" >/dev/null
    printf 'without %-20s ' "$left_out"
    total "$dir/days-$left_out"
done
