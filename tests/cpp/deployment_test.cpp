// Deployments, their features, options and replies.
#include "rig.hpp"

using sidekick::Deployment;
using sidekick::Options;
using sidekick::Status;
using sidekick::Type;

TEST(features_are_as_declared) {
    const auto deployment = check::open("echo");
    const auto inputs = deployment.inputs();
    CHECK(inputs.size() == 7 && deployment.outputs().size() == 7);
    CHECK(inputs[0].name == "number" && inputs[0].type == Type::Numeric && inputs[0].categories.empty());
    CHECK(inputs[1].name == "category" && inputs[1].type == Type::Categorical);
    CHECK(inputs[1].categories == std::vector<std::string>{"a", "b", "c"});
    CHECK(inputs[2].type == Type::Binary && inputs[3].type == Type::Text && inputs[4].type == Type::Image);
    CHECK(inputs[4].shape == std::vector<std::size_t>{4, 4, 3});
    CHECK(inputs[6].shape == std::vector<std::size_t>{2, 3});
    CHECK(deployment.outputs()[1].name == "flag");
}

TEST(features_are_ranges) {
    const auto deployment = check::open("names");
    std::string names;
    for (const auto& feature : deployment.inputs()) {
        names += feature.name + "|";
    }
    CHECK(names == "längd (cm)|a \"quoted\" name|dot.ted|雪 ☃|back\\slash/slash| padded |");
}

TEST(indexes_are_found_by_name) {
    const auto deployment = check::open("echo");
    CHECK(deployment.input_index("array") == 6);
    CHECK(deployment.output_index("category") == 2);
    CHECK(deployment.try_input_index("flag").value() == 2);
    CHECK(deployment.try_output_index("flag").value() == 1);
    CHECK_THROWS(UnknownFeature, deployment.input_index("nothing"));
    CHECK_THROWS(UnknownFeature, deployment.output_index("nothing"));
    CHECK_FAILS(UnknownFeature, deployment.try_input_index("nothing"));
    CHECK_FAILS(UnknownFeature, deployment.try_output_index(""));
}

TEST(the_protocol_is_reported) {
    CHECK(check::open("echo").protocol() == sidekick::Protocol::DeploymentApi);
}

TEST(a_model_of_the_open_inference_protocol_is_a_deployment) {
    const auto url = rig::environment("SIDEKICK_SERVER_URL") + "/v2/models/reciprocal";
    const auto deployment = Deployment::open(url, "reciprocal-token");
    CHECK(deployment.protocol() == sidekick::Protocol::OpenInference);
    CHECK(deployment.inputs()[0].type == Type::Numeric && deployment.inputs()[0].name == "number");
    auto rows = deployment.rows();
    rows.number("number", 4).end_row();
    const auto predictions = deployment.predict(rows);
    CHECK(predictions.numbers("reciprocal")[0] == 0.25);
    const auto simple = Deployment::open(rig::environment("SIDEKICK_SERVER_URL") + "/v2/models/simple", "simple-token");
    const std::vector<std::int32_t> values(16, 7);
    auto tensors = simple.rows();
    tensors.array("INPUT0", values, {16}).array("INPUT1", values, {16}).end_row();
    const auto sums = simple.predict(tensors);
    CHECK(sums.arrays("OUTPUT0")[15] == 14 && sums.arrays("OUTPUT1")[0] == 0);
    const auto exact = sums.elements<std::int32_t>("OUTPUT0");
    CHECK(exact.size() == 16 && exact[15] == 14);
    CHECK_THROWS(FeatureType, sums.elements<float>("OUTPUT0"));
    CHECK_THROWS(FeatureType, sums.elements<std::uint32_t>("OUTPUT0"));
    CHECK(predictions.elements<float>("reciprocal")[0] == 0.25F);
    CHECK_THROWS(Argument, Deployment::open(rig::environment("SIDEKICK_SERVER_URL") + "/v2", ""));
}

TEST(open_refuses_what_is_no_url_or_token) {
    CHECK_THROWS(Argument, Deployment::open("not a url", "token"));
    CHECK_THROWS(Argument, Deployment::open("", ""));
    CHECK_FAILS(Argument, Deployment::try_open(check::url("echo"), "a\nb"));
}

TEST(open_says_what_is_wrong_with_a_token) {
    const auto said = [](std::string_view token) {
        const auto failed = Deployment::try_open("http://127.0.0.1:1/forward", token);
        CHECK(!failed && failed.error().status() == Status::Argument && failed.error().attempts() == 0);
        return std::string(failed.error().what());
    };
    CHECK(said("").find("the token is empty; give the one that belongs to the deployment") == 0);
    CHECK(said("").find("Open Inference Protocol has the form .../v2/models/NAME") != std::string::npos);
    CHECK(said("Bearer abc").find("begins with \"Bearer \"") != std::string::npos);
    CHECK(said("\xef\xbb\xbf" "abc").find("byte order mark at character 1") != std::string::npos);
    CHECK(said("abc\n").find("newline at character 4") != std::string::npos);
}

TEST(open_takes_every_address_of_a_deployment) {
    const std::string url = check::url("echo");
    const std::string base = url.substr(0, url.rfind('/'));
    for (const char* end : {"", "/", "/forward/", "/openapi.json"}) {
        CHECK(Deployment::open(base + end, "echo-token").protocol() == sidekick::Protocol::DeploymentApi);
    }
    CHECK_FAILS(Argument, Deployment::try_open("http://0.0.0.0:8000/forward", "echo-token"));
}

TEST(open_tells_what_the_server_says) {
    const auto wrong_token = check::thrown_by([] { Deployment::open(check::url("echo"), "wrong"); });
    CHECK(wrong_token.status() == Status::Server && wrong_token.http_status() == 401);
    CHECK(wrong_token.server_code() == "InvalidTokenError" && !wrong_token.server_message().empty());
    CHECK(wrong_token.attempts() == 1 && !wrong_token.retryable());
    CHECK(std::string(wrong_token.what()).find("401") != std::string::npos);
    const auto nowhere = Deployment::try_open(check::url("nowhere"), "token");
    CHECK(!nowhere && nowhere.error().http_status() == 404);
}

TEST(open_tells_that_nobody_listens) {
    const auto result = Deployment::try_open("http://127.0.0.1:1/deployment/echo/forward", "token");
    CHECK(!result && result.error().status() == Status::Connect);
    CHECK(result.error().attempts() > 1 && result.error().retryable() && result.error().http_status() == 0);
}

TEST(a_disabled_deployment_refuses_to_predict) {
    const auto opened = Deployment::try_open(check::url("disabled"), "disabled-token");
    CHECK(!opened && opened.error().server_code() == "DeploymentNotEnabled" && opened.error().http_status() == 403);
}

TEST(options_bound_the_batches) {
    Options options;
    options.batch_rows(2);
    const auto deployment = check::open("batch-size", options);
    auto rows = deployment.rows();
    for (int row = 0; row < 5; ++row) {
        rows.row().integer(0, row);
    }
    const auto predictions = deployment.predict(rows);
    const auto sizes = predictions.numbers(0);
    CHECK(std::vector<double>(sizes.begin(), sizes.end()) == std::vector<double>{2, 2, 2, 2, 1});
}

TEST(options_are_made_and_passed_on) {
    const auto deployment = check::open("batch-size", Options().batch_rows(3));
    auto rows = deployment.rows();
    const auto predictions = deployment.predict(rows.row().number(0, 1).row().number(0, 2));
    CHECK(predictions.numbers(0)[1] == 2);
    const Options kept = Options().batch_rows(1);
    CHECK(kept.c_handle() != nullptr);
}

TEST(options_refuse_no_rows) {
    Options options;
    CHECK_THROWS(Argument, options.batch_rows(0));
    CHECK_THROWS(Argument, Options().batch_rows(0));
    CHECK_FAILS(Argument, options.try_batch_rows(0));
    CHECK(options.try_batch_rows(1).has_value());
}

TEST(json_is_posted_as_it_stands) {
    const auto deployment = check::open("batch-size");
    const auto reply = deployment.post_json(R"({"rows": [{"number": 1}]})");
    CHECK(reply.http_status() == 200 && reply.text().find("\"rows\"") != std::string_view::npos);
    const auto refused = deployment.try_post_json("{");
    CHECK(refused && refused.value().http_status() == 400);
    CHECK(refused.value().text().find("JsonParsingError") != std::string_view::npos);
    CHECK(sidekick_reply_http_status(refused.value().c_handle()) == 400);
}

TEST(versions_agree) {
    CHECK(sidekick::version() == SIDEKICK_VERSION);
}

TEST(the_c_api_is_at_hand) {
    const auto deployment = check::open("echo");
    CHECK(sidekick_deployment_feature_count(deployment.c_handle(), SIDEKICK_INPUT) == deployment.inputs().size());
}
