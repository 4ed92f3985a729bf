module libsidekick.dev/go/sidekick

go 1.24
