package sidekick

// Stressed tells tests that the garbage collector runs around each call into C.
const Stressed = stressed
