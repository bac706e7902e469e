#!/usr/bin/env bash
# Runs acrlint once and takes everything from that run: annotations, SARIF, the summary of the step, outputs.
# The exit status waits for the last step, so that findings reach code scanning first.
set -euo pipefail

here=${BASH_SOURCE[0]%/*}
# shellcheck source=action/say.sh
source "$here/say.sh"
# shellcheck source=action/changes.sh
source "$here/changes.sh"

# What a step may add to the summary of its job, in bytes.
summary_limit=1048576

# Adds a flag for each line of an input.
each_line() {
    local flag=$1 text=$2 line
    while IFS= read -r line || [[ -n $line ]]; do
        line=${line%$'\r'}
        if [[ -n $line ]]; then arguments+=("$flag" "$line"); fi
    done <<< "$text"
}

# The first line of the input `paths` that says something.
first_path() {
    local line
    while IFS= read -r line || [[ -n $line ]]; do
        line=${line%$'\r'}
        if [[ -n $line ]]; then
            printf '%s' "$line"
            return
        fi
    done <<< "$INPUT_PATHS"
    printf '.'
}

collect_arguments() {
    local line
    arguments=(check --fail-on "$INPUT_FAIL_ON")
    arguments+=(--output "sarif=$sarif" --output "json=$folder/acrlint.json" --output "markdown=$folder/summary.md")
    if [[ $INPUT_ANNOTATIONS == true ]]; then
        arguments+=(--format github)
    else
        arguments+=(--format concise --output "github=$held")
    fi
    if [[ -n $INPUT_CONFIG ]]; then arguments+=(--config "$INPUT_CONFIG"); fi
    if [[ -n $INPUT_BASELINE ]]; then arguments+=(--baseline "$INPUT_BASELINE"); fi
    if [[ -n $INPUT_WORLD ]]; then arguments+=(--world "$INPUT_WORLD"); fi
    each_line --with "$INPUT_WITH"
    if [[ -n $changes ]]; then arguments+=(--diff "$changes"); fi
    arguments+=(--)
    while IFS= read -r line || [[ -n $line ]]; do
        line=${line%$'\r'}
        if [[ -n $line ]]; then arguments+=("$line"); fi
    done <<< "$INPUT_PATHS"
}

# Names in files are anybody's text: where findings are printed as they are, no line of them is a command.
run() {
    if [[ $INPUT_ANNOTATIONS == true ]]; then
        "$ACRLINT" "${arguments[@]}"
        return
    fi
    local token status=0
    new_token
    printf '::stop-commands::%s\n' "$token"
    "$ACRLINT" "${arguments[@]}" || status=$?
    printf '::%s::\n' "$token"
    return "$status"
}

# Sets `token` to what nobody can guess. Without one, whoever writes the text could end it.
new_token() {
    token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n') || true
    [[ ${#token} == 32 ]] || fail "this runner has no 'od', without which names in files could be commands"
}

# Runs acrlint, and sets `code`. What it says beside the report is printed as it is, too.
attempt() {
    local token
    collect_arguments
    code=0
    run 2> "$folder/errors.txt" || code=$?
    if [[ ! -s $folder/errors.txt ]]; then return; fi
    new_token
    printf '::stop-commands::%s\n' "$token"
    cat "$folder/errors.txt"
    printf '::%s::\n' "$token"
}

# The line that says what went wrong: behind it, a mistake in the arguments has a hint.
said() {
    local line
    line=$(awk '/^error: / { print; exit }' "$folder/errors.txt")
    if [[ -z $line ]]; then line=$(last_line "$folder/errors.txt"); fi
    printf '%s' "${line#error: }"
}

# How many objects the array of findings holds. The layout is that of acrlint/1: one object at four spaces for each.
count_findings() {
    awk '/^  "findings": \[$/ { on = 1; next } /^  \]/ { on = 0 } on && /^    \{$/ { n++ } END { print n + 0 }' "$1"
}

# The worst verdict of all pulls. Only their own verdicts stand at six spaces, those of their steps stand deeper.
worst_verdict() {
    local verdict
    for verdict in broken unknown fine; do
        if grep -q "^      \"verdict\": \"$verdict\"" "$1"; then
            printf '%s' "$verdict"
            return
        fi
    done
    printf 'none'
}

summarize() {
    local size
    if [[ ! -f $folder/summary.md || -z ${GITHUB_STEP_SUMMARY:-} ]]; then return; fi
    size=$(cat "$folder/summary.md" "$GITHUB_STEP_SUMMARY" 2> /dev/null | wc -c)
    if ((size <= summary_limit)); then
        cat "$folder/summary.md" >> "$GITHUB_STEP_SUMMARY"
    else
        printf 'acrlint reports %s findings. That is too much for a summary: the log of this step has them.\n' \
            "$findings" >> "$GITHUB_STEP_SUMMARY"
    fi
}

# Whether code scanning should get the file. Sets `upload`.
decide_upload() {
    upload=false
    case "$INPUT_UPLOAD_SARIF" in
        true) upload=true ;;
        false) ;;
        *)
            if [[ -n $PULL_REQUEST_HEAD && $PULL_REQUEST_FROM != "$GITHUB_REPOSITORY" ]]; then
                printf 'No upload to code scanning: a pull request from a fork may not.\n'
            elif [[ -n $changes && -z $PULL_REQUEST_HEAD ]]; then
                # Code scanning closes what a branch no longer reports, and a part would close the rest.
                printf 'No upload to code scanning: it needs all findings of a branch, and only-changed leaves some out.\n'
            else
                upload=true
            fi
            ;;
    esac
}

folder=$(new_folder)
sarif=$folder/acrlint.sarif
held=$folder/annotations.txt
cd "$GITHUB_WORKSPACE"

changes=
if [[ $INPUT_ONLY_CHANGED == true ]]; then find_changes "$folder/changes.diff" "$(first_path)"; fi
attempt
if [[ $code != 0 && $code != 1 && -n $changes ]]; then
    why=$(said)
    changes=
    attempt
    if [[ $code == 0 || $code == 1 ]]; then everything "acrlint could not run with the change ($why)" || true; fi
fi
if [[ $code != 0 && $code != 1 ]]; then
    error "acrlint could not run (exit status $code): $(said)"
    code=2
fi
output exit-code "$code"
if [[ $code == 2 ]]; then
    output verdict unknown
    exit 0
fi

findings=$(count_findings "$folder/acrlint.json")
summarize
decide_upload
output findings "$findings"
output verdict "$(worst_verdict "$folder/acrlint.json")"
output sarif-file "$sarif"
output upload "$upload"
if [[ $INPUT_ANNOTATIONS != true ]]; then output held-annotations "$held"; fi
