// What one would write in C++: libcurl and nlohmann/json; libpng's simplified writer and libjpeg-turbo for
// pixels.
#include "bench.h"

#include <algorithm>
#include <curl/curl.h>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <png.h>
#include <string>
#include <turbojpeg.h>
#include <vector>

using nlohmann::json;

namespace {

struct Prediction {
    double number = 0;
    std::map<std::string, double> classes;
    std::vector<float> array;
};

std::string data_url(const char *head, const unsigned char *bytes, size_t size) {
    std::string url = head;
    const size_t start = url.size();
    url.resize(start + (size + 2) / 3 * 4);
    bench_base64(url.data() + start, bytes, size);
    return url;
}

class Client {
public:
    explicit Client(const bench_task &task) : task_(task) {
        if (is("table") || is("numbers")) {
            size_t count;
            const bench_row *rows = bench_table(&count);
            table_.assign(rows, rows + count);
        }
        if (is("array")) arrays_ = bench_data("arrays.f32");
        if (is("jpeg")) jpeg_ = bench_data("picture.jpg");
        if (is("pixels-png") || is("pixels-jpeg")) pixels_ = bench_data("pixels.rgb");
        headers_ = curl_slist_append(headers_, "Authorization: Bearer token");
        headers_ = curl_slist_append(headers_, "Content-Type: application/json");
        headers_ = curl_slist_append(headers_, "Expect:");
        curl_easy_setopt(curl_, CURLOPT_URL, task.url);
        curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers_);
        curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, take);
        curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &reply_);
        curl_easy_setopt(curl_, CURLOPT_BUFFERSIZE, 512L * 1024L);
        curl_easy_setopt(curl_, CURLOPT_UPLOAD_BUFFERSIZE, 512L * 1024L);
    }

    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;

    ~Client() {
        curl_easy_cleanup(curl_);
        curl_slist_free_all(headers_);
        tjDestroy(encoder_);
    }

    uint64_t request(size_t index) {
        json rows = json::array();
        for (size_t i = 0; i < task_.rows; ++i) rows.push_back(row(index * task_.rows + i));
        const std::string body = json{{"rows", std::move(rows)}}.dump();
        reply_.clear();
        curl_easy_setopt(curl_, CURLOPT_POSTFIELDS, body.data());
        curl_easy_setopt(curl_, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.size()));
        if (curl_easy_perform(curl_) != CURLE_OK) bench_fail("the request failed");
        const json results = json::parse(reply_).at("rows");
        if (results.size() != task_.rows) bench_fail("the response has other rows");
        uint64_t sum = 0;
        for (const json &result : results) sum += checksum(prediction(result));
        return sum;
    }

private:
    bool is(const char *kind) const { return bench_is(&task_, kind); }

    static size_t take(char *bytes, size_t size, size_t count, void *reply) {
        static_cast<std::string *>(reply)->append(bytes, size * count);
        return size * count;
    }

    json row(size_t index) {
        if (is("jpeg")) return {{"image", data_url("data:image/jpeg;base64,", jpeg_.bytes, jpeg_.size)}};
        if (is("pixels-png")) return {{"image", png()}};
        if (is("pixels-jpeg")) return {{"image", jpeg()}};
        if (is("array")) {
            const float *elements = reinterpret_cast<const float *>(arrays_.bytes) + index % ARRAYS * ELEMENTS;
            return {{"array",
                     {{"shape", {SIDE, SIDE, CHANNELS}}, {"data", std::vector<float>(elements, elements + ELEMENTS)}}}};
        }
        const bench_row &values = table_[index % table_.size()];
        const bool whole = is("table");
        json object;
        for (int i = 0; i < (whole ? NUMBERS : 4); ++i) object[NUMBER_NAMES[i]] = values.numbers[i];
        for (int i = 0; whole && i < TEXTS; ++i) object[TEXT_NAMES[i]] = values.texts[i];
        return object;
    }

    std::string png() {
        png_image image{};
        image.version = PNG_IMAGE_VERSION;
        image.width = WIDTH;
        image.height = HEIGHT;
        image.format = PNG_FORMAT_RGB;
        image.flags = PNG_IMAGE_FLAG_FAST;
        png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
        encoded_.resize(size);
        if (!png_image_write_to_memory(&image, encoded_.data(), &size, 0, pixels_.bytes, 0,
                                       nullptr)) bench_fail("no PNG");
        return data_url("data:image/png;base64,", encoded_.data(), size);
    }

    std::string jpeg() {
        unsigned long size = tjBufSize(WIDTH, HEIGHT, TJSAMP_420);
        encoded_.resize(size);
        unsigned char *place = encoded_.data();
        if (tjCompress2(encoder_, pixels_.bytes, WIDTH, 0, HEIGHT, TJPF_RGB, &place, &size, TJSAMP_420, JPEG_QUALITY,
                        TJFLAG_NOREALLOC))
            bench_fail("no JPEG");
        return data_url("data:image/jpeg;base64,", encoded_.data(), size);
    }

    static Prediction prediction(const json &row) {
        Prediction result;
        if (auto it = row.find("number"); it != row.end()) result.number = *it;
        if (auto it = row.find("class"); it != row.end()) result.classes = it->get<std::map<std::string, double>>();
        if (auto it = row.find("array"); it != row.end()) result.array = it->at("data").get<std::vector<float>>();
        return result;
    }

    static uint64_t checksum(const Prediction &row) {
        uint64_t sum = bench_bits(row.number);
        for (const auto &[label, value] : row.classes) sum += bench_bits(value);
        const auto best = std::max_element(row.classes.begin(), row.classes.end(),
                                           [](const auto &a, const auto &b) { return a.second < b.second; });
        if (best != row.classes.end()) sum += bench_label(best->first.data(), best->first.size());
        for (float value : row.array) sum += bench_bits(value);
        return sum;
    }

    bench_task task_;
    CURL *curl_ = curl_easy_init();
    tjhandle encoder_ = tjInitCompress();
    curl_slist *headers_ = nullptr;
    std::vector<bench_row> table_;
    bench_file arrays_{}, pixels_{}, jpeg_{};
    std::vector<unsigned char> encoded_;
    std::string reply_;
};

}  // namespace

int main(int count, char **arguments) {
    const bench_task task = bench_arguments(count, arguments);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    Client client(task);
    client.request(0);
    bench_measure(task.requests,
                  [](void *it, size_t index) { return static_cast<Client *>(it)->request(index); }, &client);
}
