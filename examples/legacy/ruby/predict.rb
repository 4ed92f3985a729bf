# Predicts a penguin and a digit: ruby predict.rb SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE
# SIDEKICK_FFI is the path of sidekick_ffi.h, SIDEKICK_LIBRARY that of the library.
require_relative "sidekick"

# Predicts one row of a deployment: `fill` adds its values; yields the predictions.
def predict(url, token, fill)
  Sidekick.with("deployment", "deployment_open", *Sidekick.text(url), *Sidekick.text(token), nil, nil) do |deployment|
    Sidekick.with("rows", "rows_new", deployment) do |rows|
      fill.call(rows)
      Sidekick.call("rows_end_row", rows)
      Sidekick.with("predictions", "deployment_predict", deployment, rows, nil) { |predictions| yield predictions }
    end
  end
end

# The most probable category of the first output, with its probability.
def top(predictions)
  label, length, probability = Array.new(3) { Sidekick::Place.new }
  Sidekick.call("predictions_top", predictions, 0, 0, 0, label, length, probability)
  [label.pointer[0, length.size], probability.double]
end

def add_penguin(rows)
  { "island" => "Biscoe", "sex" => "female" }.each do |name, label|
    Sidekick.call("rows_add_category", rows, *Sidekick.text(name), *Sidekick.text(label))
  end
  numbers = { "bill length (mm)" => 46.1, "bill depth (mm)" => 13.2, "flipper length (mm)" => 211.0, "year" => 2007.0 }
  numbers.each do |name, number|
    Sidekick.call("rows_add_number", rows, *Sidekick.text(name), number)
  end
end

def predict_penguin(server, token)
  predict("#{server}/deployment/penguins", token, method(:add_penguin)) do |predictions|
    mass = Sidekick::Place.new
    puts format("species %s %.4f", *top(predictions))
    Sidekick.call("predictions_number", predictions, 1, 0, mass)
    puts format("mass %.1f", mass.double)
  end
end

def predict_digit(server, token, image)
  fill = ->(rows) { Sidekick.call("rows_add_image_file", rows, *Sidekick.text("image"), *Sidekick.text(image)) }
  predict("#{server}/deployment/digits", token, fill) do |predictions|
    puts format("digit %s %.4f", *top(predictions))
  end
end

if ARGV.size != 4
  warn "usage: predict.rb SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE"
  exit 2
end
begin
  server, penguins_token, digits_token, image = ARGV
  predict_penguin(server, penguins_token)
  predict_digit(server, digits_token, image)
rescue Sidekick::Error => failure
  warn "error #{failure.status}: #{failure.message}"
  exit 1
end
