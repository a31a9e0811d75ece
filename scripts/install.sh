# Sourced by scripts/run, scripts/test and .ci/run: installs what is missing and nothing else.

root_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root_dir"

say() { printf '%s\n' "$*"; }

# The packages of the named sections of debian-packages.txt.
packages_of() {
  local section
  for section in "$@"; do
    sed -n "/^\[$section\]/,/^\[/p" scripts/debian-packages.txt | sed 's/#.*//; /^\[/d; s/[[:space:]]//g; /^$/d'
  done
}

missing_packages() {
  local package
  for package in $(packages_of "$@"); do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || printf '%s ' "$package"
  done
}

# install_packages SECTION…: as root, or with sudo; else prints the line that an administrator must run.
install_packages() {
  local missing log as_root=()
  if ! command -v dpkg-query >/dev/null; then
    say "This is not Debian: please provide by hand: $(packages_of "$@" | tr '\n' ' ')" >&2
    return 0
  fi
  missing=$(missing_packages "$@")
  [[ -z $missing ]] && return 0
  if [[ $(id -u) -ne 0 ]]; then
    if command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [[ -t 0 ]]; }; then
      as_root=(sudo)
    else
      say "Debian packages are missing and this account may not install them. As root, run:" >&2
      say "apt-get install -y --no-install-recommends ${missing% }" >&2
      exit 1
    fi
  fi
  say "Installing Debian packages: ${missing% }"
  log=$(mktemp)
  "${as_root[@]}" apt-get update -qq
  no_cluster_of_its_own before
  # shellcheck disable=SC2086  # a list of words
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq -o Dpkg::Use-Pty=0 --no-install-recommends $missing </dev/null >"$log" 2>&1 ||
    { cat "$log" >&2; rm -f "$log"; say 'Debian packages could not be installed.' >&2; exit 1; }
  rm -f "$log"
  no_cluster_of_its_own after
}

# What things go without, only slower: a machine that cannot install it is told so.
install_packages_if_possible() {
  (install_packages "$@") || say "Going on without: $(packages_of "$@" | tr '\n' ' ')" >&2
}

# Debian's postgresql makes and starts a server of its own when it is installed; the tests start theirs and
# need none. Said before the installation; taken back after it, so that later ones do as Debian does.
no_cluster_of_its_own() {
  local file=/etc/postgresql-common/createcluster.conf
  [[ $missing == *postgresql* ]] || return 0
  if [[ $1 == before && ! -e $file ]]; then
    "${as_root[@]}" mkdir -p "${file%/*}"
    say 'create_main_cluster = false' | "${as_root[@]}" tee "$file" >/dev/null
  elif [[ $1 == after && -e $file.ucf-dist && $(<"$file") == 'create_main_cluster = false' ]]; then
    "${as_root[@]}" mv "$file.ucf-dist" "$file"
  fi
}

# install_python base|dev: .venv holds exactly what requirements/$1.txt pins; nothing to do if it does.
install_python() {
  local wanted stamp
  [[ -x .venv/bin/python ]] || rm -f .venv/*.installed
  for stamp in .venv/"$1".installed .venv/dev.installed; do
    wanted=$(sha256sum <"requirements/$(basename "$stamp" .installed).txt")
    [[ -f $stamp && $(<"$stamp") == "$wanted" ]] && return 0
  done
  say "Installing Python packages into .venv (requirements/$1.txt)"
  [[ -x .venv/bin/python ]] || /usr/bin/python3 -m venv .venv
  .venv/bin/python -m pip install -q --disable-pip-version-check --no-input --require-hashes --no-deps \
    -r "requirements/$1.txt"
  rm -f .venv/*.installed
  sha256sum <"requirements/$1.txt" >".venv/$1.installed"
}
