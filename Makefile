# libsidekick: `make quickstart` shows it at work, `make test` runs every test there is.

CARGO ?= cargo
PYTHON ?= python3
CC ?= cc

LIB = target/release
SERVER = target/server/sidekick-server
VENV = target/venv
TEST_DEPLOYMENTS = target/tests/deployments
# The shipped deployments and those made for the tests, on one server.
WITH_SERVER = $(VENV)/bin/python tests/with_server.py $(SERVER) server/deployments/*/ $(TEST_DEPLOYMENTS)/*/ --

# What the test programs of every language are told.
export SIDEKICK_LIB_DIR = $(CURDIR)/$(LIB)
export SIDEKICK_INCLUDE_DIR = $(CURDIR)/include
export SIDEKICK_SERVER = $(CURDIR)/$(SERVER)
export SIDEKICK_PYTHON = $(CURDIR)/$(VENV)/bin/python

.PHONY: all lib server c-examples header quickstart test train clean
.PHONY: test-rust test-server test-models test-c bench

all: lib server

# The shared library, with the links that a soname needs, and the static one.
lib:
	$(CARGO) build --release -p sidekick
	ln -sf libsidekick.so $(LIB)/libsidekick.so.0

server:
	$(CARGO) build --profile server -p sidekick-server

# The C examples, which find the library beside them.
c-examples: lib
	mkdir -p target/examples/c
	set -e; for name in classify_images denoise detect_language score_table; do \
	    $(CC) -std=c99 -O2 -Wall -Wextra -pedantic -Iinclude examples/c/$$name.c examples/c/example.c \
	        -L$(LIB) -Wl,-rpath,'$$ORIGIN/../../release' -lsidekick -o target/examples/c/$$name; \
	done

# Writes include/sidekick.h anew from the exports.
header:
	SIDEKICK_WRITE_HEADER=1 $(CARGO) test -q -p sidekick --features header --test header

quickstart:
	@examples/quickstart

# Trains the shipped models anew; the word lists it needs are Debian packages, which it names.
train: $(VENV)/ready
	$(VENV)/bin/python server/train/train.py

test: test-rust test-server test-models test-c

test-rust: $(TEST_DEPLOYMENTS)/ready server
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features -- -D warnings
	$(WITH_SERVER) $(CARGO) test --workspace --all-features

test-server: $(VENV)/ready server
	$(VENV)/bin/python -m pytest -q tests/server

test-models: $(VENV)/ready
	$(VENV)/bin/python -m pytest -q tests/models

test-c: $(TEST_DEPLOYMENTS)/ready lib server
	$(WITH_SERVER) tests/c/run
	$(WITH_SERVER) tests/readme-run

# The library against what one would write instead; tables, results.json and chart.svg go to target/bench.
bench: lib $(VENV)/ready
	benches/install-tools
	$(VENV)/bin/python benches/run.py

$(VENV)/ready: tests/requirements.txt server/train/requirements.txt tests/install-tools
	tests/install-tools
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	touch $@

$(TEST_DEPLOYMENTS)/ready: $(VENV)/ready tests/deployments/make.py
	mkdir -p $(TEST_DEPLOYMENTS)
	$(VENV)/bin/python tests/deployments/make.py $(TEST_DEPLOYMENTS)
	touch $@

clean:
	$(CARGO) clean
