# shellcheck shell=bash
# What a pull request or a push changes, for the input `only-changed`. Where that can't be known, everything is reported
# and one line says why: a run never looks clean because a commit is missing.

# The workspace may belong to another user than the one in a container, and nobody is there to be asked for a password.
# It is asked where the first of the paths is: actions/checkout may put the repository into a folder of the workspace.
git() { GIT_TERMINAL_PROMPT=0 command git -C "$repository" -c safe.directory='*' "$@"; }

# Writes the change to a file and sets `changes` to its path.
find_changes() {
    local file=$1 before= repository=$2
    if [[ ! -d $repository ]]; then
        if [[ $repository == */* ]]; then repository=${repository%/*}; else repository=.; fi
    fi
    git_said=${file%/*}/git.txt
    if ! find_before; then return 0; fi
    # Compared is what is there now: an earlier step may have edited files, and acrlint reads them as they are.
    # Attributes and settings of git may hide lines, which acrlint has to see; of a module it has to see the commit.
    if git diff --no-color --no-ext-diff --no-textconv --text --submodule=short --no-relative --find-renames \
        --src-prefix=a/ --dst-prefix=b/ "$before" -- > "$file" 2> "$git_said"; then
        # shellcheck disable=SC2034 # judge.sh reads it
        changes=$file
    else
        everything "git diff failed ($(last_line "$git_said"))" || true
    fi
}

# Says that everything is reported, and why. Always fails, for `return`.
everything() {
    warning "only-changed: $1; everything is reported"
    return 1
}

# Sets `before` to the commit that the change begins at.
find_before() {
    if ! type -P git > /dev/null; then
        everything 'git is not installed'
        return
    fi
    if ! git rev-parse --verify --quiet 'HEAD^{commit}' > /dev/null 2> "$git_said"; then
        everything "'$repository' is in no git repository (actions/checkout makes one)"
        return
    fi
    if [[ -n $PULL_REQUEST_BASE ]]; then
        before_pull_request
    elif [[ -n $MERGE_GROUP_BASE ]]; then
        before=$MERGE_GROUP_BASE
        have "$before"
    elif [[ $PUSH_BEFORE =~ ^0+$ ]]; then
        everything 'this push makes a new branch, there is no commit before it'
    elif [[ -n $PUSH_BEFORE ]]; then
        before=$PUSH_BEFORE
        have "$before"
    else
        notice "only-changed: the event '${GITHUB_EVENT_NAME:-?}' names no commit to compare with; everything is reported"
        return 1
    fi
}

# A pull request is checked out as the merge into its base, whose first parent is the base as it is now; the payload may
# name an older one. Where its own branch is checked out, the change begins where that left the base.
before_pull_request() {
    local head first second
    head=$(git rev-parse HEAD)
    first=$(parent 1)
    second=$(parent 2)
    if [[ -n $second && $second == "$PULL_REQUEST_HEAD" ]]; then
        before=$first
        have "$before"
        return
    fi
    if [[ $head == "$PULL_REQUEST_BASE" ]]; then
        everything 'the base of the pull request is checked out, not the pull request'
        return
    fi
    have "$PULL_REQUEST_BASE" || return 1
    before=$(git merge-base "$PULL_REQUEST_BASE" HEAD) ||
        everything "the clone doesn't reach back to where the branch left its base; set 'fetch-depth: 0' for actions/checkout"
}

# The nth parent of HEAD, which a shallow clone names and does not have.
parent() { git cat-file commit HEAD | sed -n -e '/^$/q' -e 's/^parent //p' | sed -n "$1p"; }

# Fetches a commit that a shallow clone lacks.
have() {
    if git cat-file -e "$1^{commit}" 2> /dev/null; then return; fi
    if git fetch --quiet --no-tags --depth=1 origin "$1" 2> "$git_said"; then return; fi
    everything "commit $1 is not in the clone and can't be fetched; set 'fetch-depth: 0' for actions/checkout"
}
