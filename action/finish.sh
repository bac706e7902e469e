#!/usr/bin/env bash
# The last step: what could not be uploaded is told by annotations, then the exit status is set.
set -euo pipefail

# shellcheck source=action/say.sh
source "${BASH_SOURCE[0]%/*}/say.sh"

code=$EXIT_CODE
uploaded=false
if [[ $UPLOAD_OUTCOME == success ]]; then uploaded=true; fi

if [[ $code != 2 && $INPUT_UPLOAD_SARIF != false && $uploaded == false ]]; then
    if [[ $UPLOAD_OUTCOME == failure && $INPUT_UPLOAD_SARIF == auto ]]; then
        notice "code scanning did not take the findings (is it enabled, and has the job 'security-events: write'?); they are annotations of this job"
    fi
    if [[ -f $HELD_ANNOTATIONS ]]; then cat "$HELD_ANNOTATIONS"; fi
    if [[ $INPUT_UPLOAD_SARIF == true ]]; then
        error "code scanning did not take the findings, and 'upload-sarif: true' asks for it; they are annotations of this job"
        if [[ $code == 0 ]]; then code=2; fi
    fi
fi

exit "$code"
