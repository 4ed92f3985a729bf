// Arrays as other libraries hold them: std::mdspan, matrices of Eigen's shape, std::vector<bool>.
#include "check.hpp"

#include <array>
#include <cstring>

#ifdef SIDEKICK_TEST_MDSPAN
#include <mdspan>
#endif

using sidekick::Status;

namespace {

// A view in the form of std::mdspan, with the strides of a transposed matrix.
struct View {
    using element_type = const double;

    const double* data_handle() const { return elements; }
    static constexpr std::size_t rank() { return 2; }
    int extent(std::size_t dimension) const { return dimension == 0 ? 2 : 3; }
    int stride(std::size_t dimension) const { return dimension == 0 ? 1 : 2; }

    const double* elements;
};

// A view of a signed stride: its rows lie from the last to the first, before its first element.
struct UpsideDown {
    const double* data_handle() const { return elements + 3; }
    static constexpr std::size_t rank() { return 2; }
    int extent(std::size_t dimension) const { return dimension == 0 ? 2 : 3; }
    int stride(std::size_t dimension) const { return dimension == 0 ? -3 : 1; }

    const double* elements;
};

// A view whose accessor makes values of what lies in memory, as that of std::linalg::scaled.
struct Scaled : View {
    using reference = double;
};

// One whose elements are what lies in memory.
struct Unscaled : View {
    using reference = const double&;
};

// One that lets them be read alone.
struct ReadOnly : View {
    using element_type = double;
    using reference = const double&;
};

// One that gives references to other elements.
struct Rounded : View {
    using reference = const int&;
};

template <typename Seen, typename = void>
constexpr bool is_added = false;
template <typename Seen>
constexpr bool is_added<Seen, std::void_t<decltype(std::declval<sidekick::Rows&>().array(
                                  "x", std::declval<const Seen&>()))>> = true;
static_assert(is_added<View> && is_added<Unscaled> && is_added<ReadOnly>);
static_assert(!is_added<Scaled> && !is_added<Rounded>);

// A view of a layout that may have no strides.
struct Strided : View {
    bool is_strided() const { return strided; }

    bool strided = true;
};

// A matrix in the form of Eigen's: column by column, and with a signed size.
struct Matrix {
    const float* data() const { return elements.data(); }
    std::ptrdiff_t size() const { return static_cast<std::ptrdiff_t>(elements.size()); }

    std::array<float, 6> elements;
};

// A block of a larger matrix in the form of Eigen's. In memory, elements of a column are next to each other.
template <bool by_rows>
struct Block {
    static constexpr bool IsRowMajor = by_rows;

    const float* data() const { return elements.data() + 1; }
    std::ptrdiff_t rows() const { return sides[0]; }
    std::ptrdiff_t cols() const { return sides[1]; }
    std::ptrdiff_t size() const { return sides[0] * sides[1]; }
    std::ptrdiff_t innerStride() const { return 1; }
    std::ptrdiff_t outerStride() const { return outer; }

    std::vector<float> elements;
    std::array<std::ptrdiff_t, 2> sides;
    std::ptrdiff_t outer;
};

const Block<false> by_columns{{0, 1, 4, 0, 0, 2, 5, 0, 0, 3, 6}, {2, 3}, 4};

// A row of a matrix that is stored by columns: a vector with gaps.
struct Gaps {
    static constexpr bool IsRowMajor = true;

    struct iterator {
        float operator*() const { return *at; }
        iterator& operator++() {
            at += 2;
            return *this;
        }
        bool operator!=(const iterator& other) const { return at != other.at; }

        const float* at;
    };

    const float* data() const { return elements.data(); }
    iterator begin() const { return {data()}; }
    iterator end() const { return {data() + 2 * size()}; }
    std::ptrdiff_t rows() const { return 1; }
    std::ptrdiff_t cols() const { return size(); }
    std::ptrdiff_t size() const { return 3; }
    std::ptrdiff_t innerStride() const { return 2; }
    std::ptrdiff_t outerStride() const { return 6; }

    std::array<float, 6> elements;
};

template <typename Fill>
std::vector<float> echoed(Fill fill) {
    const auto deployment = check::open("echo");
    auto rows = deployment.rows();
    rows.row().number("number", 1).category("category", "a").binary("flag", true).text("text", "any");
    rows.pixels("picture", {4, 4, 3}, check::samples(3)).pixels("grey", {4, 4, 1}, check::samples(1));
    fill(rows);
    const auto predictions = deployment.predict(rows);
    const auto array = predictions[0].array("array");
    return {array.begin(), array.end()};
}

const std::vector<float> in_order{1, 2, 3, 4, 5, 6};

}  // namespace

TEST(a_view_is_added_as_it_lies) {
    const std::array<double, 6> transposed{1, 4, 2, 5, 3, 6};
    CHECK(echoed([&](auto& rows) { rows.array("array", View{transposed.data()}); }) == in_order);
    const std::array<double, 6> upside_down{4, 5, 6, 1, 2, 3};
    CHECK(echoed([&](auto& rows) { rows.array("array", UpsideDown{upside_down.data()}); }) == in_order);
    auto rows = check::open("denoise").rows();
    CHECK_FAILS(FeatureShape, rows.try_array("noisy", View{transposed.data()}));
}

TEST(a_matrix_is_added_by_its_strides) {
    const Matrix matrix{{1, 4, 2, 5, 3, 6}};
    const std::array<std::ptrdiff_t, 2> by_column{sizeof(float), 2 * sizeof(float)};
    CHECK(echoed([&](auto& rows) { rows.array("array", matrix, {2, 3}, by_column); }) == in_order);
}

TEST(a_matrix_of_eigen_has_its_own_strides) {
    CHECK(echoed([](auto& rows) { rows.array("array", by_columns); }) == in_order);
    CHECK(echoed([](auto& rows) { rows.array(6, by_columns, {2, 3}); }) == in_order);
    const Block<true> by_rows{{0, 1, 2, 3, 0, 4, 5, 6}, {2, 3}, 4};
    CHECK(echoed([&](auto& rows) { rows.array("array", by_rows); }) == in_order);
    const std::array<std::ptrdiff_t, 2> strides{sizeof(float), 4 * sizeof(float)};
    CHECK(echoed([&](auto& rows) { rows.array("array", by_columns, {2, 3}, strides); }) == in_order);
    const Block<false> vector{{0, 1, 2, 3, 4, 5, 6}, {6, 1}, 6};
    CHECK(echoed([&](auto& rows) { rows.array("array", vector, {2, 3}); }) == in_order);
}

TEST(sizes_of_1_are_no_side_of_a_matrix) {
    const auto deployment = check::open("denoise");
    auto rows = deployment.rows();
    std::vector<float> elements(65);
    for (std::size_t place = 1; place < elements.size(); ++place) {
        elements[place] = static_cast<float>(place) / 100;
    }
    const Block<false> matrix{elements, {8, 8}, 8};
    const std::vector<std::ptrdiff_t> strides{4, 32, 4};
    rows.row().array("noisy", matrix, {8, 8, 1}, strides).row().array("noisy", matrix).row();
    rows.array("noisy", matrix, {8, 8, 1});
    const auto predictions = deployment.predict(rows);
    const auto first = predictions[0].array("clean");
    for (const auto& prediction : predictions) {
        const auto clean = prediction.array("clean");
        CHECK(std::vector<float>(clean.begin(), clean.end()) == std::vector<float>(first.begin(), first.end()));
    }
}

TEST(a_matrix_of_another_shape_is_refused) {
    auto rows = check::open("echo").rows();
    const auto error = rows.try_array("array", by_columns, {3, 2}).error();
    CHECK(error.status() == Status::FeatureShape && error.feature() == "array" && error.row() == 0U);
    CHECK(error.what() == std::string("row 0: feature \"array\": the matrix is 2 x 3, which is not the shape "
                                      "that was given; give its strides, too"));
    CHECK(rows.try_array(6, by_columns, {3, 2}).error().feature() == "array");
    CHECK_FAILS(FeatureShape, rows.try_array("array", Block<true>{{0, 1, 2}, {2, 1}, 1}));
    CHECK_FAILS(UnknownFeature, rows.try_array("nothing", by_columns));
    CHECK_FAILS(UnknownFeature, rows.try_array(99, by_columns));
}

TEST(a_row_of_a_matrix_is_a_column) {
    const Gaps gaps{{1, 0, 2, 0, 3, 0}};
    const sidekick::Column column("number", gaps);
    const std::array<float, 3> values{1, 2, 3};
    CHECK(column.kind() == SIDEKICK_DTYPE_F32 && column.bytes().length() == sizeof values);
    CHECK(std::memcmp(column.bytes().address(), values.data(), sizeof values) == 0);
}

#ifdef SIDEKICK_TEST_MDSPAN

TEST(std_mdspan_goes_in_and_comes_out) {
    const std::array<double, 6> elements{1, 2, 3, 4, 5, 6};
    const std::mdspan<const double, std::dextents<std::size_t, 2>> view(elements.data(), 2, 3);
    CHECK(echoed([&](auto& rows) { rows.array("array", view); }) == in_order);
    const auto deployment = check::open("denoise");
    auto rows = deployment.rows();
    rows.row().array("noisy", std::vector<float>(64, 0.5F), {8, 8, 1});
    const auto predictions = deployment.predict(rows);
    const auto clean = predictions[0].array_mdspan<3>("clean");
    CHECK(clean.extent(0) == 8 && clean.extent(1) == 8 && clean.extent(2) == 1);
    CHECK(clean.data_handle() == predictions[0].array("clean").data());
    const auto error = predictions[0].try_array_mdspan<2>("clean").error();
    CHECK(error.status() == Status::FeatureShape && error.row() == 0U && error.feature() == "clean");
    CHECK(predictions[0].try_array_mdspan<2>(0).error().feature() == "clean");
    CHECK_FAILS(UnknownFeature, predictions[0].try_array_mdspan<3>("nothing"));
}

#endif

TEST(bits_are_a_column) {
    const auto deployment = check::open("echo");
    const std::vector<bool> flags{true, false, true};
    const std::vector<std::vector<unsigned char>> files = [&] {
        auto rows = deployment.rows();
        check::add_echo_row(rows, 1, "a");
        const auto predictions = deployment.predict(rows);
        const auto bytes = predictions[0].image("picture").bytes;
        const auto* const start = reinterpret_cast<const unsigned char*>(bytes.data());
        return std::vector<std::vector<unsigned char>>(3, {start, start + bytes.size()});
    }();
    const std::vector<std::vector<unsigned char>> greys = [&] {
        auto rows = deployment.rows();
        check::add_echo_row(rows, 1, "a");
        const auto predictions = deployment.predict(rows);
        const auto bytes = predictions[0].image("grey").bytes;
        const auto* const start = reinterpret_cast<const unsigned char*>(bytes.data());
        return std::vector<std::vector<unsigned char>>(3, {start, start + bytes.size()});
    }();
    auto rows = deployment.rows();
    rows.add_columns(3, {{"number", std::vector<bool>{false, true, true}},
                         {"category", std::vector<std::string>(3, "a")},
                         {"flag", flags},
                         {"text", std::vector<std::string>(3, "x")},
                         {"picture", files},
                         {"grey", greys},
                         {"array", std::vector<bool>(18, true)}});
    const auto predictions = deployment.predict(rows);
    for (std::size_t row = 0; row < 3; ++row) {
        CHECK(predictions[row].number("flag") == (flags[row] ? 1 : 0));
        CHECK(predictions[row].number("number") == (row > 0 ? 1 : 0) && predictions[row].array("array")[5] == 1);
    }
    const sidekick::Column column("flag", flags);
    CHECK(column.kind() == SIDEKICK_DTYPE_U8 && column.bytes().length() == 3);
}

TEST(a_view_without_strides_is_refused) {
    const std::array<double, 6> transposed{1, 4, 2, 5, 3, 6};
    Strided view{};
    view.elements = transposed.data();
    CHECK(echoed([&](auto& rows) { rows.array("array", view); }) == in_order);
    view.strided = false;
    auto rows = check::open("echo").rows();
    const auto error = rows.try_array("array", view).error();
    CHECK(error.status() == Status::Argument && error.feature() == "array" && error.row() == 0U);
}
