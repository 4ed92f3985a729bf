package sidekick

// Stressed reports to tests that the garbage collector runs around each call into C.
const Stressed = stressed
