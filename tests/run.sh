#!/usr/bin/env bash
# Builds everything once with warnings as errors, checks the format, and runs every test project.
# The last line is "N passed, N failed" (", N skipped" when any were); the exit code is 1 when anything failed.
#
#   tests/run.sh                      all of it
#   tests/run.sh FleetModel Matchmaker    only these projects' tests, without the format check
#
#   CONFIGURATION           build configuration            (default: Release)
#   TEST_TIMEOUT_SECONDS    limit of one test project      (default: 900)
#
# Logs and results stay in artifacts/tests/.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"
exec </dev/null

configuration="${CONFIGURATION:-Release}"
limit="${TEST_TIMEOUT_SECONDS:-900}"
results="$root/artifacts/tests"

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# Build nodes that outlive the build would hold our output open after our end.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

# "timeout" leads a process group of its own: what a test started and forgot ends with it.
limited=()
if command -v timeout >/dev/null; then limited=(timeout --kill-after=10 "$limit"); fi

passed=0 failed=0 skipped=0
failures=()
started=$SECONDS
running=

end_group() { # of the test program that ended or is to end
  if ((${#limited[@]} > 0)); then kill -KILL -- "-$1" 2>/dev/null || true; fi
}

stop_running() {
  if [[ -n "$running" ]]; then
    kill -TERM "$running" 2>/dev/null || true
    wait "$running" 2>/dev/null || true
    end_group "$running"
    running=
  fi
}
trap stop_running EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() { # what failed, as it is named in the summary
  failures+=("$1")
  failed=$((failed + 1))
}

finish() {
  echo
  if ((${#failures[@]} > 0)); then
    echo "Failed:"
    printf '  %s\n' "${failures[@]}"
    echo "Logs: $results"
  fi
  echo "Took $((SECONDS - started)) s."
  local summary="$passed passed, $failed failed"
  if ((skipped > 0)); then summary+=", $skipped skipped"; fi
  echo "$summary"
  if ((failed > 0)); then exit 1; fi
  exit 0
}

step() { # name, command...
  local name="$1" from=$SECONDS
  shift
  echo "== $name"
  if "$@"; then
    echo "   $((SECONDS - from)) s"
    return 0
  fi
  fail "$name"
  return 1
}

check_sdk() {
  local version
  if ! command -v dotnet >/dev/null; then
    echo "The .NET 10 SDK is needed and there is no 'dotnet' on the PATH. Install it: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    return 1
  fi
  # Run here, it honours global.json and fails when no installed SDK will do.
  if ! version="$(dotnet --version 2>/dev/null)" || [[ "$version" != 10.* ]]; then
    echo "The .NET 10 SDK is needed (global.json) and these are installed:" >&2
    dotnet --list-sdks >&2 || true
    echo "Install it: https://dotnet.microsoft.com/download/dotnet/10.0" >&2
    return 1
  fi
  echo "   .NET SDK $version, $configuration"
}

count() { # attribute of the results' <assembly> element, file; nothing when the file is absent or not whole
  if [[ -f "$2" ]]; then sed -n "s/.*<assembly [^>]* $1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1; fi
}

has_source() { # folder of a test project
  [[ -n "$(find "$1" \( -name bin -o -name obj \) -prune -o -name '*.cs' -print -quit)" ]]
}

run_tests() { # test project file
  local folder name assembly log xml code=0 from=$SECONDS
  folder="$(dirname "$1")"
  name="$(basename "$1" .csproj)"
  assembly="$folder/bin/$configuration/net10.0/FleetSystem.$name.dll"
  log="$results/$name.log"
  xml="$results/$name.xml"

  echo "== $name"
  if ! has_source "$folder"; then
    echo "   no tests yet"
    return
  fi
  if [[ ! -f "$assembly" ]]; then
    echo "   $assembly is absent: is $name in FleetSystem.sln?"
    fail "$name (not built)"
    return
  fi

  # In the background, so that a signal reaches this script while it waits.
  ${limited[@]+"${limited[@]}"} dotnet "$assembly" -noColor -noLogo -longRunning 60 -xml "$xml" >"$log" 2>&1 &
  running=$!
  wait "$running" || code=$?
  end_group "$running"
  running=

  local total here_passed here_failed here_skipped errors
  total="$(count total "$xml")"
  here_passed="$(count passed "$xml")"
  here_failed="$(count failed "$xml")"
  here_skipped="$(count skipped "$xml")"
  errors="$(count errors "$xml")"

  if ((code == 124 || code == 137)); then
    tail -n 60 "$log"
    fail "$name (not done after $limit s and killed)"
    return
  fi
  if [[ -z "$total" || -z "$here_passed" || -z "$here_failed" ]]; then
    tail -n 60 "$log"
    fail "$name (crashed with exit code $code)"
    return
  fi

  passed=$((passed + here_passed))
  failed=$((failed + here_failed))
  skipped=$((skipped + ${here_skipped:-0}))
  echo "   $here_passed passed, $here_failed failed, ${here_skipped:-0} skipped, $((SECONDS - from)) s"
  if ((here_failed > 0)); then
    cat "$log"
    while IFS= read -r test; do failures+=("$test"); done < <(sed -n 's/^ *\(.*\) \[FAIL\]$/\1/p' "$log" | sort -u)
  fi
  if ((${errors:-0} > 0)); then
    cat "$log"
    fail "$name (${errors} errors outside of tests)"
  elif ((here_passed + here_failed + ${here_skipped:-0} == 0)); then
    cat "$log"
    fail "$name (ran no test)"
  elif ((code != 0 && here_failed == 0)); then
    tail -n 60 "$log"
    fail "$name (exit code $code)"
  fi
}

step "The .NET SDK" check_sdk || finish
rm -rf "$results"
mkdir -p "$results"
step "DynamoDB Local" src/LocalCloud/DynamoDB/install-dynamodb-local.sh || finish
if (($# == 0)) || [[ " $* " == *" Dashboard "* ]]; then step "Chromium" tests/Dashboard.Tests/install-chromium.sh || finish; fi
step "Restore" dotnet restore FleetSystem.sln --verbosity quiet || finish
step "Build, warnings as errors" \
  dotnet msbuild FleetSystem.sln -maxCpuCount -verbosity:quiet -nologo "-property:Configuration=$configuration" || finish
if (($# == 0)); then
  step "dotnet format --verify-no-changes" dotnet format FleetSystem.sln --verify-no-changes --no-restore --verbosity quiet || true
fi

for name in "$@"; do
  if [[ ! -f "tests/$name.Tests/$name.Tests.csproj" ]]; then fail "$name (there is no tests/$name.Tests)"; fi
done
for project in tests/*/*.Tests.csproj; do
  name="$(basename "$project" .Tests.csproj)"
  if (($# > 0)) && [[ " $* " != *" $name "* ]]; then continue; fi
  run_tests "$project"
done
finish
