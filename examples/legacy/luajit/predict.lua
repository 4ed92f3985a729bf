-- Predicts a penguin and a digit: luajit predict.lua SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE
-- SIDEKICK_FFI is the path of sidekick_ffi.h, SIDEKICK_LIBRARY that of the library.
local ffi = require("ffi")

local path = assert(os.getenv("SIDEKICK_FFI"), "SIDEKICK_FFI is not set")
local header = assert(io.open(path))
ffi.cdef(header:read("*a"))
header:close()
local sidekick = ffi.load(os.getenv("SIDEKICK_LIBRARY") or "sidekick")

-- Calls a function with one more argument. The others may be nil.
local function with_last(name, last, ...)
    local count, arguments = select("#", ...), {...}
    arguments[count + 1] = last
    return sidekick["sidekick_" .. name](unpack(arguments, 1, count + 1))
end

-- Calls a function that returns a status, with a place for its error, and raises what went wrong: a table, since a
-- string would get a place in this file before it.
local function call(name, ...)
    local place = ffi.new("sidekick_error *[1]")
    local status = with_last(name, place, ...)
    if status ~= sidekick.SIDEKICK_OK then
        local message = ffi.string(sidekick.sidekick_error_message(place[0], nil))
        sidekick.sidekick_error_free(place[0])
        error({status = status, message = message})
    end
end

-- Frees an object now, and not when it is collected: a deployment has to outlive its calls.
local function free(type, object)
    sidekick["sidekick_" .. type .. "_free"](object)
end

-- Makes an object with a function, hands it to `use`, and frees it whatever happens.
local function with(type, make, use)
    local place = ffi.new("sidekick_" .. type .. " *[1]")
    make(place)
    local ok, failure = pcall(use, place[0])
    free(type, place[0])
    if not ok then error(failure, 0) end
end

-- Predicts one row of a deployment. `fill` adds its values; `read` gets the predictions.
local function predict(url, token, fill, read)
    with("deployment", function(place)
        call("deployment_open", url, #url, token, #token, nil, nil, place)
    end, function(deployment)
        with("rows", function(place) call("rows_new", deployment, place) end, function(rows)
            fill(rows)
            call("rows_end_row", rows)
            with("predictions", function(place)
                call("deployment_predict", deployment, rows, nil, place)
            end, read)
        end)
    end)
end

-- Prints the most probable category of the first output.
local function print_top(what, predictions)
    local label, length, probability = ffi.new("const char *[1]"), ffi.new("size_t[1]"), ffi.new("double[1]")
    call("predictions_top", predictions, 0, 0, 0, label, length, probability)
    print(("%s %s %.4f"):format(what, ffi.string(label[0], length[0]), probability[0]))
end

local function add_penguin(rows)
    for name, label in pairs({island = "Biscoe", sex = "female"}) do
        call("rows_add_category", rows, name, #name, label, #label)
    end
    local numbers = {["bill length (mm)"] = 46.1, ["bill depth (mm)"] = 13.2, ["flipper length (mm)"] = 211, year = 2007}
    for name, number in pairs(numbers) do
        call("rows_add_number", rows, name, #name, number)
    end
end

local function print_penguin(predictions)
    local mass = ffi.new("double[1]")
    print_top("species", predictions)
    call("predictions_number", predictions, 1, 0, mass)
    print(("mass %.1f"):format(mass[0]))
end

if #arg ~= 4 then
    io.stderr:write("usage: predict.lua SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE\n")
    os.exit(2)
end
local server, penguins_token, digits_token, image = unpack(arg)
local ok, failure = pcall(function()
    predict(server .. "/deployment/penguins", penguins_token, add_penguin, print_penguin)
    predict(server .. "/deployment/digits", digits_token, function(rows)
        call("rows_add_image_file", rows, "image", #"image", image, #image)
    end, function(predictions) print_top("digit", predictions) end)
end)
if not ok then
    if type(failure) ~= "table" then error(failure, 0) end
    io.stderr:write(("error %d: %s\n"):format(failure.status, failure.message))
    os.exit(1)
end
