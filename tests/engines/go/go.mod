module libsidekick.dev/go/engines

go 1.24

require libsidekick.dev/go/sidekick v0.2.0

replace libsidekick.dev/go/sidekick => ../../../bindings/go
