module libsidekick.dev/go/tests

go 1.24
