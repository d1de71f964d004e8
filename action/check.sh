#!/usr/bin/env bash
# Installs migcompat from the action's own directory and runs it once. Annotations, step summary and the outputs
# `errors`, `overridden` and `verdict` are migcompat's own doing under GitHub Actions. Works with bash 3.2 (macOS).
set -euo pipefail

not_checked() {
    echo "verdict=not-checked" >> "$GITHUB_OUTPUT"
    echo "::error title=migcompat could not check::$1"
    exit 2
}

lines() { # the lines of a value that are not blank, without the carriage returns of an editor on Windows
    local line
    while IFS= read -r line || [[ -n $line ]]; do
        line=${line%$'\r'}
        [[ -z ${line//[[:space:]]/} ]] || printf '%s\n' "$line"
    done <<< "$1"
}

python=${INPUT_PYTHON:-python3}
command -v "$python" > /dev/null || python=python # Windows
"$python" -I -c 'import sys; sys.exit(sys.version_info < (3, 10))' || not_checked "Python 3.10 or newer is needed: name it in the input python"

# One environment for each version of the action, out of the reach of the code that is checked (-I).
home=$RUNNER_TEMP/migcompat-$(cksum <<< "$GITHUB_ACTION_PATH" | cut -d ' ' -f 1)
if [[ ! -f $home/ready ]]; then
    "$python" -I -m venv --clear "$home/venv" || not_checked "no virtual environment could be made"
    scripts=$home/venv/bin
    [[ -d $scripts ]] || scripts=$home/venv/Scripts
    "$scripts/python" -I -m pip install --quiet --disable-pip-version-check --no-input "$GITHUB_ACTION_PATH" ||
        not_checked "migcompat could not be installed: see the log"
    touch "$home/ready"
fi
scripts=$home/venv/bin
[[ -d $scripts ]] || scripts=$home/venv/Scripts

json=$home/migcompat.json
sarif=$home/migcompat.sarif
rm -f "$json" "$sarif"
arguments=(check --format github --format "json=$json" --format "sarif=$sarif")
[[ -z ${INPUT_SINCE:-} ]] || arguments+=("--since=$INPUT_SINCE")
while IFS= read -r rule; do arguments+=("--select=$rule"); done < <(lines "${INPUT_SELECT:-}")
while IFS= read -r rule; do arguments+=("--ignore=$rule"); done < <(lines "${INPUT_IGNORE:-}")
arguments+=(--)
while IFS= read -r path; do arguments+=("$path"); done < <(lines "${INPUT_PATHS:-}")

status=0
"$scripts/migcompat" "${arguments[@]}" || status=$?
if ((status > 1)) || [[ ! -f $json ]]; then # without a report, 1 is a crash and no verdict
    not_checked "migcompat ended with status $status: see the log"
fi
{
    echo "json-file=$json"
    echo "sarif-file=$sarif"
} >> "$GITHUB_OUTPUT"
exit "$status"
