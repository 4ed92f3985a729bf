// Denoises an array: sends a .npy file, and writes the array that comes back as an image.
#include "example.hpp"

#include <algorithm>

// Writes values from 0 to 1 as a grey image in the PGM format.
static void write_pgm(const std::string& path, std::size_t width, std::size_t height,
                      sidekick::span<const float> values) {
    std::string samples;
    for (const float value : values) {
        samples += static_cast<char>(std::clamp(value, 0.0F, 1.0F) * 255.0F + 0.5F);
    }
    std::ofstream out(path, std::ios::binary);
    out << "P5\n" << width << ' ' << height << "\n255\n" << samples;
    if (!out.flush()) {
        throw std::runtime_error("the image could not be written to " + path);
    }
}

static void denoise(const example::Arguments& arguments) {
    const auto deployment = example::open(arguments);
    auto rows = deployment.rows();
    rows.row().npy_file(0, arguments.files[0]);
    const auto predictions = deployment.predict(rows);

    const auto shape = predictions.array_shape(0);
    const auto values = predictions[0].array(0);
    if (shape.size() < 2 || shape[0] * shape[1] != values.size()) {
        throw std::runtime_error("the deployment's array is not a grey image");
    }
    write_pgm(arguments.files[1], shape[1], shape[0], values);
    std::cout << arguments.files[1] << ": " << shape[1] << " x " << shape[0] << " pixels\n";
}

int main(int argc, char** argv) {
    return example::run(argc, argv, "denoise --url URL INPUT.npy OUTPUT.pgm", {2, 2}, denoise);
}
