// The same program in C++.
#include <sidekick.hpp>

#include <iostream>

int main(int, char** argv) {
    const auto deployment = sidekick::Deployment::open(argv[1], "digits-token");
    auto rows = deployment.rows();
    rows.row().image_file("image", argv[2]);
    const auto predictions = deployment.predict(rows);
    std::cout << predictions[0].top("digit").label << '\n';
}
