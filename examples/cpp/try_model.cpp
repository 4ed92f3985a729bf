// Tries a model: prints what it takes and returns, and what it predicts for zeros and empty texts. Takes the
// URL of a deployment, or of a model on a server of the Open Inference Protocol (--url
// http://HOST:8000/v2/models/NAME --token "").
#include "example.hpp"

static const char* name_of(sidekick::Type type) {
    switch (type) {
        case sidekick::Type::Numeric: return "numeric";
        case sidekick::Type::Categorical: return "categorical";
        case sidekick::Type::Binary: return "binary";
        case sidekick::Type::Text: return "text";
        case sidekick::Type::Image: return "image";
        case sidekick::Type::Bytes: return "bytes";
        default: return "?";
    }
}

static void print(const char* title, sidekick::span<const sidekick::Feature> features) {
    std::cout << title << '\n';
    for (const auto& feature : features) {
        std::cout << "  " << feature.name << ": " << name_of(feature.type) << " [";
        for (std::size_t place = 0; place < feature.shape.size(); ++place) {
            std::cout << (place > 0 ? ", " : "");
            const bool any = feature.shape[place] == sidekick::size_any;
            std::cout << (any ? "any" : std::to_string(feature.shape[place]));
        }
        std::cout << "]\n";
    }
}

static bool is_number(const sidekick::Feature& feature) {
    return feature.type == sidekick::Type::Numeric && feature.shape == std::vector<std::size_t>{1};
}

static void add_blank(sidekick::Rows& rows, const sidekick::Feature& input) {
    auto shape = input.shape;
    std::size_t count = 1;
    for (std::size_t& size : shape) {
        size = size == sidekick::size_any ? 1 : size;
        count *= size;
    }
    const std::vector<unsigned char> zeros(count);
    if (is_number(input)) {
        rows.number(input.name, 0);
    } else if (input.type == sidekick::Type::Numeric) {
        rows.array(input.name, zeros, shape);
    } else if (input.type == sidekick::Type::Text) {
        rows.text(input.name, "");
    } else if (input.type == sidekick::Type::Bytes) {
        rows.bytes(input.name, std::string());
    } else if (input.type == sidekick::Type::Binary) {
        rows.binary(input.name, false);
    } else if (input.type == sidekick::Type::Categorical) {
        rows.category(input.name, input.categories.at(0));
    } else {
        const auto size = [&](std::size_t place) { return static_cast<std::uint32_t>(shape.at(place)); };
        rows.pixels(input.name, {size(1), size(0), size(2)}, zeros);
    }
}

static void print(const sidekick::Prediction& prediction, const sidekick::Feature& output) {
    std::cout << "  " << output.name << ": ";
    if (output.type == sidekick::Type::Categorical) {
        std::cout << prediction.top(output.name).label;
    } else if (output.type == sidekick::Type::Text) {
        std::cout << prediction.text(output.name);
    } else if (output.type == sidekick::Type::Image || output.type == sidekick::Type::Bytes) {
        std::cout << name_of(output.type);
    } else if (output.type == sidekick::Type::Binary || is_number(output)) {
        std::cout << prediction.number(output.name);
    } else {
        const auto values = prediction.array(output.name);
        for (std::size_t place = 0; place < values.size() && place < 8; ++place) {
            std::cout << (place > 0 ? ", " : "") << values[place];
        }
        std::cout << (values.size() > 8 ? ", ..." : "");
    }
    std::cout << '\n';
}

static void try_model(const example::Arguments& arguments) {
    const auto deployment = example::open(arguments);
    print("takes", deployment.inputs());
    print("returns", deployment.outputs());
    auto rows = deployment.rows();
    for (const auto& input : deployment.inputs()) {
        add_blank(rows, input);
    }
    const auto predictions = deployment.predict(rows);
    std::cout << "predicts\n";
    for (const auto& output : deployment.outputs()) {
        print(predictions[0], output);
    }
}

int main(int argc, char** argv) {
    return example::run(argc, argv, "try_model --url URL", {0, 0}, try_model);
}
