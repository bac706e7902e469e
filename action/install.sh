#!/usr/bin/env bash
# Gets the acrlint that the input `version` asks for and hands its path to the next step.
set -euo pipefail

# shellcheck source=action/say.sh
source "${BASH_SOURCE[0]%/*}/say.sh"

# Where releases are; a mirror may be named by the variable.
releases=${ACRLINT_RELEASES:-https://github.com/acrlint/acrlint/releases/download}

# An input that is spelt wrong should be known before anything is downloaded.
one_of() {
    local input=$1 value=$2 known
    shift 2
    for known in "$@"; do
        if [[ $value == "$known" ]]; then return; fi
    done
    fail "input $input is '$value', which is none of: $*"
}

# The release that the action's own code is.
own_version() { awk -F '"' '/^version = / { print $2; exit }' "$GITHUB_ACTION_PATH/Cargo.toml"; }

target() {
    case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
        Linux-X64) printf 'x86_64-unknown-linux-%s' "$(libc)" ;;
        Linux-ARM64) printf 'aarch64-unknown-linux-%s' "$(libc)" ;;
        macOS-X64) printf 'x86_64-apple-darwin' ;;
        macOS-ARM64) printf 'aarch64-apple-darwin' ;;
        # Windows on ARM runs programs for x86-64.
        Windows-*) printf 'x86_64-pc-windows-msvc' ;;
        *) printf '' ;;
    esac
}

libc() {
    if compgen -G '/lib/ld-musl-*' > /dev/null; then printf 'musl'; else printf 'gnu'; fi
}

download() {
    local url=$1 file=$2
    if ! curl --fail --silent --show-error --location --proto '=https,file' --proto-redir '=https' --retry 3 \
        --connect-timeout 20 --output "$file" "$url" 2> "$folder/curl.txt"; then
        fail "can't download $url ($(last_line "$folder/curl.txt")); 'version: source' builds acrlint instead"
    fi
}

checksum() {
    if command -v sha256sum > /dev/null; then sha256sum < "$1"; else shasum -a 256 < "$1"; fi | awk '{ print $1 }'
}

# Takes an archive of a release, and only one that has the checksum which the release says.
release() {
    local version=$1 triple name listed found
    if ! command -v sha256sum > /dev/null && ! command -v shasum > /dev/null; then
        fail "this runner has neither 'sha256sum' nor 'shasum', without which no release is used"
    fi
    triple=$(target)
    if [[ -z $triple ]]; then
        fail "there is no acrlint for ${RUNNER_OS:-?} on ${RUNNER_ARCH:-?}; 'version: source' builds it with cargo"
    fi
    name=acrlint-$version-$triple
    download "$releases/v$version/SHA256SUMS" "$folder/SHA256SUMS"
    download "$releases/v$version/$name.tar.gz" "$folder/$name.tar.gz"
    listed=$(awk -v name="$name.tar.gz" '$2 == name || $2 == "*" name { print $1; exit }' "$folder/SHA256SUMS")
    found=$(checksum "$folder/$name.tar.gz")
    if [[ -z $listed ]]; then fail "SHA256SUMS of release $version doesn't name $name.tar.gz"; fi
    if [[ $listed != "$found" ]]; then
        fail "$name.tar.gz has the checksum $found, release $version says $listed: not used"
    fi
    # A drive letter would be taken for the name of a host.
    (cd "$folder" && tar -xzf "$name.tar.gz") || fail "$name.tar.gz can't be unpacked"
    program=$folder/$name/acrlint
    if [[ ${RUNNER_OS:-} == Windows ]]; then program=$program.exe; fi
}

build() {
    if ! command -v cargo > /dev/null; then fail "'version: source' needs cargo, which is not on the path"; fi
    cargo install --locked --quiet --path "$GITHUB_ACTION_PATH" --root "$folder" || fail "acrlint could not be built"
    program=$folder/bin/acrlint
}

one_of only-changed "$INPUT_ONLY_CHANGED" true false
one_of annotations "$INPUT_ANNOTATIONS" true false
one_of upload-sarif "$INPUT_UPLOAD_SARIF" auto true false

command -v awk > /dev/null || fail "this runner has no 'awk', which the action needs"
folder=$(new_folder)
version=${INPUT_VERSION:-$(own_version)}
version=${version#v}
case "$version" in
    system) program=$(command -v acrlint) || fail "'version: system' needs an acrlint on the path, and there is none" ;;
    source) build ;;
    [0-9]*.[0-9]*.[0-9]*) release "$version" ;;
    *) fail "input version is '$version', which is neither X.Y.Z nor 'source' nor 'system'" ;;
esac

"$program" --version || fail "the acrlint that was found doesn't run here"
output program "$program"
