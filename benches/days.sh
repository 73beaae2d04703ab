#!/usr/bin/env bash
# Simulated days, scanned and held against their truth; no log is stored.
#
# usage: benches/days.sh [--seeds FROM-TO] [--rates "R …"] [--formats "F …"] [--harmless] [--min-severity S] [--ablate]
#   --harmless adds, per seed, a day without attacks.
#   --ablate scans the same days again without each look-alike, and without telling sources as one (`scan --without NAME`,
#     which says so in the report), and prints what that costs. A look-alike that changes nothing has not earned its place.
#   GATEHOUND_BENCH_BINARY  the program to ask, instead of building one
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
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "unknown option $1; see --help" >&2; exit 2 ;;
    esac
done

gatehound=${GATEHOUND_BENCH_BINARY:-}
if [[ -z $gatehound ]]; then
    cargo build --release --quiet --bin gatehound
    gatehound=${CARGO_TARGET_DIR:-target}/release/gatehound
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# pair FIELD: how many of how many, from the score; 0 0 where it does not say
pair() {
    grep -oE "\"$1\":\{\"hit\":[0-9]+,\"of\":[0-9]+" "$dir/score.json" | head -n 1 | grep -oE '[0-9]+' | tr '\n' ' ' ||
        printf '0 0 '
}

# count FIELD: how many, from the score
count() {
    grep -oE "\"$1\":[0-9]+" "$dir/score.json" | head -n 1 | grep -oE '[0-9]+'
}

# met DIFFICULTY: how many attacks of how many were met as what they are
met() {
    grep -oE "\"name\":\"$1\",\"strict\":\{\"hit\":[0-9]+,\"of\":[0-9]+" "$dir/score.json" | grep -oE '[0-9]+' | tr '\n' ' ' ||
        printf '0 0 '
}

# day SEED RATE FORMAT SCENARIO [LEFT_OUT]: simulate into scan, then evaluate. A scan that finds something ends with 1.
day() {
    "$gatehound" simulate --seed "$1" --rate "$2" --format "$3" --scenario "$4" --truth "$dir/truth.json" |
        { "$gatehound" scan - --max-entities 100000 ${5:+--without "$5"} --format ndjson >"$dir/report.ndjson" 2>"$dir/said" ||
            { (($? == 1)) || { cat "$dir/said" >&2; exit 2; }; }; }
    "$gatehound" evaluate --truth "$dir/truth.json" --min-severity "$severity" --format json \
        "$dir/report.ndjson" >"$dir/score.json"
    local look_alikes
    look_alikes=$(grep -oE '"look_alikes_hit":\[[^]]*\]' "$dir/score.json" | cut -d: -f2- | grep -oE '"[^"]+"' |
        tr -d '"' | tr '\n' ' ' || true)
    # shellcheck disable=SC2046
    printf '%s %s %s %s %s\n' "$1" "$2" "$3" "$4" "$(pair strict) $(pair precision) $(met easy) $(met medium) $(met hard) \
        $(pair outcome) $(pair named) $(pair collateral) $(pair lenient) $(count meetings) $look_alikes" |
        tee -a "$dir/days${5:+-$5}" | awk '{
            printf "seed %-4s rate %-5s %-9s %-5s strict %2d/%-2d precision %2d/%-2d look-alikes", $1, $2, $3, $4, $5, $6, $7, $8
            for (i = 24; i <= NF; i++) printf " %s", $i
            print (NF > 23 ? "" : " -")
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
    awk '
    function share(hit, of) { return sprintf("%.1f %% (%d of %d)", of ? 100 * hit / of : 100, hit, of) }
    {
        for (i = 5; i <= 23; i++) sum[i] += $i
        hit += NF - 23
    } END {
        printf "%d days: strict recall %s, precision %s, look-alikes hit %.2f a day (%d)\n",
            NR, share(sum[5], sum[6]), share(sum[7], sum[8]), hit / NR, hit
        printf "    easy and medium %s, hard %s, right outcome %s\n",
            share(sum[9] + sum[11], sum[10] + sum[12]), share(sum[13], sum[14]), share(sum[15], sum[16])
        printf "    addresses named %s, bystanders among the named %s, incidents per attack %.2f\n",
            share(sum[17], sum[18]), share(sum[19], sum[20]), sum[21] == 0 ? 0 : sum[23] / sum[21]
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
