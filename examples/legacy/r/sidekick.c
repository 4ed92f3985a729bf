/* Functions for R's .Call: predict a row of categories, numbers and images, and read a result.
 *
 * R's errors jump out of C: everything is freed before `Rf_error`. So each object is owned by an external pointer,
 * whose finalizer frees it, from the moment it is there. R_NO_REMAP: without it, R's headers define `error`, `length`
 * and other names that sidekick.h uses for parameters. */
#define R_NO_REMAP
#include <R.h>
#include <Rinternals.h>
#include <R_ext/Rdynload.h>
#include <string.h>

#include "sidekick.h"

/* Raises an R error if a call failed. R copies the message, so the error can go first. */
static void check(sidekick_status status, sidekick_error **error) {
    char message[4096];
    if (status == SIDEKICK_OK) return;
    strncpy(message, sidekick_error_message(*error, NULL), sizeof message - 1);
    message[sizeof message - 1] = '\0';
    sidekick_error_free(*error);
    Rf_error("error %d: %s", (int)status, message);
}

static void free_deployment(SEXP it) {
    sidekick_deployment_free(R_ExternalPtrAddr(it));
    R_ClearExternalPtr(it);
}

static void free_rows(SEXP it) {
    sidekick_rows_free(R_ExternalPtrAddr(it));
    R_ClearExternalPtr(it);
}

static void free_predictions(SEXP it) {
    sidekick_predictions_free(R_ExternalPtrAddr(it));
    R_ClearExternalPtr(it);
}

/* An owner without an object yet, so that no allocation of R is between an object and its owner. */
static SEXP owner(R_CFinalizer_t finalizer, SEXP keeps) {
    SEXP it = PROTECT(R_MakeExternalPtr(NULL, R_NilValue, keeps));
    R_RegisterCFinalizerEx(it, finalizer, TRUE);
    UNPROTECT(1);
    return it;
}

/* The object of an external pointer. One that came out of a saved workspace has none. */
static void *object(SEXP it) {
    void *address = TYPEOF(it) == EXTPTRSXP ? R_ExternalPtrAddr(it) : NULL;
    if (address == NULL) Rf_error("this object was freed, or is of another session");
    return address;
}

/* The n-th string of a vector, in UTF-8. It lives until the .Call returns. */
static const char *text(SEXP strings, R_xlen_t n) {
    if (TYPEOF(strings) != STRSXP || Rf_xlength(strings) <= n) Rf_error("a character vector is needed");
    return Rf_translateCharUTF8(STRING_ELT(strings, n));
}

static SEXP sidekick_r_open(SEXP url, SEXP token) {
    sidekick_deployment *deployment = NULL;
    sidekick_error *error = NULL;
    SEXP it = PROTECT(owner(free_deployment, R_NilValue));
    const char *address = text(url, 0), *secret = text(token, 0);
    check(sidekick_deployment_open(address, SIDEKICK_NUL, secret, SIDEKICK_NUL, NULL, NULL, &deployment, &error), &error);
    R_SetExternalPtrAddr(it, deployment);
    UNPROTECT(1);
    return it;
}

static void add(sidekick_rows *rows, const char *name, SEXP value) {
    sidekick_error *error = NULL;
    if (TYPEOF(value) == STRSXP) {
        check(sidekick_rows_add_category(rows, name, SIDEKICK_NUL, text(value, 0), SIDEKICK_NUL, &error), &error);
    } else if (TYPEOF(value) == RAWSXP) {
        check(sidekick_rows_add_image(rows, name, SIDEKICK_NUL, RAW(value), (size_t)Rf_xlength(value), &error), &error);
    } else {
        check(sidekick_rows_add_number(rows, name, SIDEKICK_NUL, Rf_asReal(value), &error), &error);
    }
}

/* Predicts one row: a named list of labels, numbers and the bytes of images. */
static SEXP sidekick_r_predict(SEXP deployment, SEXP row) {
    sidekick_rows *rows = NULL;
    sidekick_predictions *predictions = NULL;
    sidekick_error *error = NULL;
    SEXP rows_owner = PROTECT(owner(free_rows, R_NilValue));
    SEXP it = PROTECT(owner(free_predictions, R_NilValue));
    SEXP names = PROTECT(Rf_getAttrib(row, R_NamesSymbol));
    R_xlen_t n;
    check(sidekick_rows_new(object(deployment), &rows, &error), &error);
    R_SetExternalPtrAddr(rows_owner, rows);
    for (n = 0; n < Rf_xlength(row); n++) add(rows, text(names, n), VECTOR_ELT(row, n));
    check(sidekick_rows_end_row(rows, &error), &error);
    check(sidekick_deployment_predict(object(deployment), rows, NULL, &predictions, &error), &error);
    R_SetExternalPtrAddr(it, predictions);
    UNPROTECT(3);
    return it;
}

/* The most probable category of an output, with its probability: a named number. Outputs count from 0. */
static SEXP sidekick_r_top(SEXP predictions, SEXP output) {
    const char *label = NULL;
    double probability = 0;
    sidekick_error *error = NULL;
    SEXP result, name;
    check(sidekick_predictions_top(object(predictions), (size_t)Rf_asInteger(output), 0, 0, &label, NULL, &probability,
                                   &error), &error);
    result = PROTECT(Rf_ScalarReal(probability));
    name = PROTECT(Rf_ScalarString(Rf_mkCharCE(label, CE_UTF8)));
    Rf_setAttrib(result, R_NamesSymbol, name);
    UNPROTECT(2);
    return result;
}

static SEXP sidekick_r_number(SEXP predictions, SEXP output) {
    double number = 0;
    sidekick_error *error = NULL;
    check(sidekick_predictions_number(object(predictions), (size_t)Rf_asInteger(output), 0, &number, &error), &error);
    return Rf_ScalarReal(number);
}

void R_init_sidekick_r(DllInfo *library) {
    static const R_CallMethodDef functions[] = {{"sidekick_r_open", (DL_FUNC)&sidekick_r_open, 2},
                                                {"sidekick_r_predict", (DL_FUNC)&sidekick_r_predict, 2},
                                                {"sidekick_r_top", (DL_FUNC)&sidekick_r_top, 2},
                                                {"sidekick_r_number", (DL_FUNC)&sidekick_r_number, 2},
                                                {NULL, NULL, 0}};
    R_registerRoutines(library, NULL, functions, NULL, NULL);
    R_useDynamicSymbols(library, FALSE);
}
