# shellcheck shell=bash
# How the scripts of the action speak to the runner. Written for bash 3.2, which macOS still has.

# A text as the data of a workflow command.
escaped() {
    local text=$1
    text=${text//\%/%25}
    text=${text//$'\r'/%0D}
    text=${text//$'\n'/%0A}
    printf '%s' "$text"
}

notice() { printf '::notice title=acrlint::%s\n' "$(escaped "$1")"; }
warning() { printf '::warning title=acrlint::%s\n' "$(escaped "$1")"; }
error() { printf '::error title=acrlint::%s\n' "$(escaped "$1")"; }

# Usage, a download that failed, an internal error: the status that acrlint has for them, too.
fail() {
    error "$1"
    exit 2
}

output() { printf '%s=%s\n' "$1" "$2" >> "$GITHUB_OUTPUT"; }

# The last line of a file that is not empty, for messages that quote another program.
last_line() { awk 'NF { line = $0 } END { print line }' "$1"; }

# A new folder in the folder for temporary files of the job. Slashes do on Windows, too.
new_folder() { mktemp -d "${RUNNER_TEMP//\\//}/acrlint.XXXXXX"; }
