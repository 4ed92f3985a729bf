# Predicts a penguin and a digit: Rscript predict.R SHIM SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE
# SHIM is sidekick_r.so, which `R CMD SHLIB` makes of sidekick.c.

arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) != 5) {
  message("usage: predict.R SHIM SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE")
  quit(status = 2)
}
shim <- dyn.load(arguments[1])
functions <- getDLLRegisteredRoutines(shim)$.Call

open_deployment <- function(name, token) {
  .Call(functions$sidekick_r_open, paste0(arguments[2], "/deployment/", name), token)
}
predict_row <- function(deployment, ...) .Call(functions$sidekick_r_predict, deployment, list(...))
top <- function(predictions, output) .Call(functions$sidekick_r_top, predictions, as.integer(output))
number <- function(predictions, output) .Call(functions$sidekick_r_number, predictions, as.integer(output))

main <- function() {
  penguins <- open_deployment("penguins", arguments[3])
  predictions <- predict_row(penguins,
    island = "Biscoe", sex = "female", "bill length (mm)" = 46.1, "bill depth (mm)" = 13.2,
    "flipper length (mm)" = 211, year = 2007
  )
  species <- top(predictions, 0)
  cat(sprintf("species %s %.4f\nmass %.1f\n", names(species), species, number(predictions, 1)))

  digits <- open_deployment("digits", arguments[4])
  image <- readBin(arguments[5], "raw", file.size(arguments[5]))
  digit <- top(predict_row(digits, image = image), 0)
  cat(sprintf("digit %s %.4f\n", names(digit), digit))
}

# The shim's errors are R's.
tryCatch(main(), error = function(failure) {
  message(conditionMessage(failure))
  quit(status = 1)
})
