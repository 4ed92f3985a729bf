/* Posting JSON as it stands, and the reply as it came. */
#include "deployments.h"

static sidekick_reply *post(const sidekick_deployment *deployment, const char *json) {
    sidekick_reply *reply = NULL;
    OK(sidekick_deployment_post_json(deployment, json, SIDEKICK_NUL, NULL, &reply, &error));
    return reply;
}

/* A reply has this status, and this text in its body. */
static void check_reply(sidekick_reply *reply, int32_t status, const char *part) {
    size_t length = 0;
    const char *text = sidekick_reply_text(reply, &length);
    CHECK(sidekick_reply_http_status(reply) == status);
    CHECK(strlen(text) == length && sidekick_reply_text(reply, NULL) == text);
    if (!CHECK(strstr(text, part) != NULL)) printf("    expected \"%s\" in: %s\n", part, text);
    sidekick_reply_free(reply);
}

static void test_good_and_bad_json(void) {
    sidekick_deployment *deployment = open_deployment("batch-size");
    const char *json = "{\"rows\": [{\"number\": 1}, {\"number\": 2}]} and more";
    sidekick_reply *reply = NULL;
    check_reply(post(deployment, "{\"rows\": [{\"number\": 1}]}"), 200, "\"rows\":1");
    OK(sidekick_deployment_post_json(deployment, json, strlen(json) - 9, NULL, &reply, &error));
    check_reply(reply, 200, "\"rows\":2");
    check_reply(post(deployment, "{\"rows\": [{}]}"), 400, "FeatureNotFound");
    check_reply(post(deployment, "{\"rows\": ["), 400, "JsonParsingError");
    check_reply(post(deployment, ""), 400, "errorCode");
    reply = NULL;
    OK(sidekick_deployment_post_json(deployment, NULL, 0, NULL, &reply, &error));
    check_reply(reply, 400, "errorCode");
    sidekick_deployment_free(deployment);
}

/* Whatever comes back is text: any status, any bytes, nothing at all. */
static void test_replies_of_a_liar(void) {
    sidekick_deployment *deployment = open_liar("liar");
    size_t length = 7;
    const char *text;
    sidekick_reply *reply;
    check_reply(post(deployment, "{\"rows\": [{\"text\": \"html with 502\"}]}"), 502, "<title>Bad Gateway</title>");
    check_reply(post(deployment, "{\"rows\": [{\"text\": \"error with 503\"}]}"), 503, "no \\ud83e\\udd8a today");
    check_reply(post(deployment, "{\"rows\": [{\"text\": \"not utf-8\"}]}"), 200, "\"text\":\"\xef\xbf\xbd\"");
    check_reply(post(deployment, "{\"rows\": [{\"text\": \"302\"}]}"), 302, "");
    reply = post(deployment, "{\"rows\": [{\"text\": \"empty\"}]}");
    text = sidekick_reply_text(reply, &length);
    TEXT_IS("", text, length);
    sidekick_reply_free(reply);
    sidekick_deployment_free(deployment);
}

/* A connection that misbehaves is left, and another takes its place. */
static void test_scripts(void) {
    sidekick_deployment *deployment = open_liar("script");
    sidekick_reply *reply = NULL;
    const char *more = "{\"body\": \"first\", \"more\": \"HTTP/1.1 200 OK\\r\\n\\r\\nunasked\"}";
    const char *cut = "{\"body\": \"whole\", \"cut\": 50}";
    check_reply(post(deployment, more), 200, "first");
    check_reply(post(deployment, "{\"body\": \"second\", \"delay\": 0.01}"), 200, "second");
    check_reply(post(deployment, "[{\"status\": 503}, {\"body\": \"third\", \"drip\": 0.0001}]"), 200, "third");
    KEEPS(SIDEKICK_ERROR_NETWORK, sidekick_deployment_post_json(deployment, cut, SIDEKICK_NUL, NULL, &reply, &error));
    CHECK(reply == NULL);
    FORGET();
    check_reply(post(deployment, "{\"status\": 418, \"body\": \"fourth\"}"), 418, "fourth");
    sidekick_deployment_free(deployment);
}

/* A reply outlives its deployment, and its text stays where it is. */
static void test_a_reply_stays(void) {
    sidekick_deployment *deployment = open_liar("mirror-text");
    sidekick_reply *reply = post(deployment, "sent as it stands \xf0\x9f\xa6\x8a"), *other;
    const char *text = sidekick_reply_text(reply, NULL);
    other = post(deployment, "another");
    sidekick_deployment_free(deployment);
    sidekick_reply_free(other);
    TEXT_IS("sent as it stands \xf0\x9f\xa6\x8a", text, strlen(text));
    sidekick_reply_free(reply);
}

static void test_refusals(void) {
    sidekick_deployment *deployment = open_liar("liar");
    sidekick_reply *reply = NULL;
    const char *closed = "{\"rows\": [{\"text\": \"closed\"}]}";
    size_t length = 7;
    const char *text = sidekick_reply_text(NULL, &length);
    TEXT_IS("", text, length);
    CHECK(sidekick_reply_http_status(NULL) == 0);
    TEXT_IS("", sidekick_reply_text(NULL, NULL), 0);
    sidekick_reply_free(NULL);
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_post_json(NULL, "{}", SIDEKICK_NUL, NULL, &reply, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_post_json(deployment, NULL, SIDEKICK_NUL, NULL, &reply, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_post_json(deployment, NULL, 2, NULL, &reply, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT,
          sidekick_deployment_post_json(deployment, "\"\xff\"", SIDEKICK_NUL, NULL, &reply, &error));
    FAILS(SIDEKICK_ERROR_ARGUMENT, sidekick_deployment_post_json(deployment, "{}", SIDEKICK_NUL, NULL, NULL, &error));
    KEEPS(SIDEKICK_ERROR_NETWORK,
          sidekick_deployment_post_json(deployment, closed, SIDEKICK_NUL, NULL, &reply, &error));
    CHECK(sidekick_error_attempts(error) >= 3 && sidekick_error_retryable(error) == 1);
    FORGET();
    CHECK(sidekick_deployment_post_json(deployment, closed, SIDEKICK_NUL, NULL, &reply,
                                        NULL) == SIDEKICK_ERROR_NETWORK);
    CHECK(reply == NULL);
    sidekick_deployment_free(deployment);
}

int main(void) {
    test_good_and_bad_json();
    test_replies_of_a_liar();
    test_scripts();
    test_a_reply_stays();
    test_refusals();
    return checks_failed("test_reply");
}
