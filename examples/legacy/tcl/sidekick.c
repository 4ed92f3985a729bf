/* A Tcl extension of two commands, sidekick::predict and sidekick::version.
 *
 * sidekick::predict URL TOKEN ROW: ROW is a dict, whose values are {category LABEL}, {number NUMBER} or {image BYTES}.
 * Returns a dict of the outputs: for a category its label and probability, for a number the number. Fails with the
 * library's message, and the errorCode {SIDEKICK STATUS}. */
#include <tcl.h>

#include "sidekick.h"

/* What one call makes. NULL, where it has not come so far, is fine for each _free. */
typedef struct {
    sidekick_deployment *deployment;
    sidekick_rows *rows;
    sidekick_predictions *predictions;
    sidekick_error *error;
} made;

static void release(made *it) {
    sidekick_error_free(it->error);
    sidekick_predictions_free(it->predictions);
    sidekick_rows_free(it->rows);
    sidekick_deployment_free(it->deployment);
}

/* Leaves the library's error in the interpreter. */
static int failed(Tcl_Interp *interp, made *it, sidekick_status status) {
    Tcl_Obj *code[2];
    code[0] = Tcl_NewStringObj("SIDEKICK", -1);
    code[1] = Tcl_NewIntObj(status);
    Tcl_SetObjErrorCode(interp, Tcl_NewListObj(2, code));
    Tcl_SetObjResult(interp, Tcl_ObjPrintf("error %d: %s", (int)status, sidekick_error_message(it->error, NULL)));
    return TCL_ERROR;
}

static int add_value(Tcl_Interp *interp, made *it, Tcl_Obj *key, Tcl_Obj *value) {
    static const char *const kinds[] = {"category", "image", "number", NULL};
    enum { CATEGORY, IMAGE, NUMBER };
    Tcl_Obj **parts;
    const char *name = Tcl_GetString(key);
    unsigned char *bytes;
    sidekick_status status;
    double number;
    int count, kind, size;
    if (Tcl_ListObjGetElements(interp, value, &count, &parts) != TCL_OK) return TCL_ERROR;
    if (count != 2) {
        Tcl_SetObjResult(interp, Tcl_ObjPrintf("%s: expected a kind and a value", name));
        return TCL_ERROR;
    }
    if (Tcl_GetIndexFromObj(interp, parts[0], kinds, "kind", TCL_EXACT, &kind) != TCL_OK) return TCL_ERROR;
    switch (kind) {
    case CATEGORY:
        status = sidekick_rows_add_category(it->rows, name, SIDEKICK_NUL, Tcl_GetString(parts[1]), SIDEKICK_NUL, &it->error);
        break;
    case IMAGE:
        bytes = Tcl_GetByteArrayFromObj(parts[1], &size);
        status = sidekick_rows_add_image(it->rows, name, SIDEKICK_NUL, bytes, (size_t)size, &it->error);
        break;
    default:
        if (Tcl_GetDoubleFromObj(interp, parts[1], &number) != TCL_OK) return TCL_ERROR;
        status = sidekick_rows_add_number(it->rows, name, SIDEKICK_NUL, number, &it->error);
    }
    return status == SIDEKICK_OK ? TCL_OK : failed(interp, it, status);
}

static int add_row(Tcl_Interp *interp, made *it, Tcl_Obj *row) {
    Tcl_DictSearch search;
    Tcl_Obj *key, *value;
    sidekick_status status;
    int done, result = TCL_OK;
    if (Tcl_DictObjFirst(interp, row, &search, &key, &value, &done) != TCL_OK) return TCL_ERROR;
    for (; !done && result == TCL_OK; Tcl_DictObjNext(&search, &key, &value, &done)) {
        result = add_value(interp, it, key, value);
    }
    Tcl_DictObjDone(&search);
    if (result != TCL_OK) return result;
    status = sidekick_rows_end_row(it->rows, &it->error);
    return status == SIDEKICK_OK ? TCL_OK : failed(interp, it, status);
}

/* The value of an output, as Tcl has it. */
static sidekick_status read_output(made *it, size_t output, Tcl_Obj **value) {
    const char *label;
    double number;
    int32_t type;
    sidekick_status status = sidekick_deployment_feature_type(it->deployment, SIDEKICK_OUTPUT, output, &type, &it->error);
    if (status != SIDEKICK_OK) return status;
    if (type == SIDEKICK_TYPE_CATEGORICAL) {
        Tcl_Obj *parts[2];
        status = sidekick_predictions_top(it->predictions, output, 0, 0, &label, NULL, &number, &it->error);
        if (status != SIDEKICK_OK) return status;
        parts[0] = Tcl_NewStringObj(label, -1);
        parts[1] = Tcl_NewDoubleObj(number);
        *value = Tcl_NewListObj(2, parts);
        return status;
    }
    status = sidekick_predictions_number(it->predictions, output, 0, &number, &it->error);
    if (status == SIDEKICK_OK) *value = Tcl_NewDoubleObj(number);
    return status;
}

static int read_outputs(Tcl_Interp *interp, made *it) {
    Tcl_Obj *outputs = Tcl_NewDictObj();
    size_t count = sidekick_deployment_feature_count(it->deployment, SIDEKICK_OUTPUT), output;
    Tcl_IncrRefCount(outputs);
    for (output = 0; output < count; output++) {
        const char *name;
        Tcl_Obj *value = NULL;
        sidekick_status status = sidekick_deployment_feature_name(it->deployment, SIDEKICK_OUTPUT, output, &name, NULL,
                                                                  &it->error);
        if (status == SIDEKICK_OK) status = read_output(it, output, &value);
        if (status != SIDEKICK_OK) {
            Tcl_DecrRefCount(outputs);
            return failed(interp, it, status);
        }
        Tcl_DictObjPut(NULL, outputs, Tcl_NewStringObj(name, -1), value);
    }
    Tcl_SetObjResult(interp, outputs);
    Tcl_DecrRefCount(outputs);
    return TCL_OK;
}

static int predict(Tcl_Interp *interp, made *it, const char *url, const char *token, Tcl_Obj *row) {
    sidekick_status status =
        sidekick_deployment_open(url, SIDEKICK_NUL, token, SIDEKICK_NUL, NULL, NULL, &it->deployment, &it->error);
    if (status == SIDEKICK_OK) status = sidekick_rows_new(it->deployment, &it->rows, &it->error);
    if (status != SIDEKICK_OK) return failed(interp, it, status);
    if (add_row(interp, it, row) != TCL_OK) return TCL_ERROR;
    status = sidekick_deployment_predict(it->deployment, it->rows, NULL, &it->predictions, &it->error);
    return status == SIDEKICK_OK ? read_outputs(interp, it) : failed(interp, it, status);
}

static int predict_command(ClientData unused, Tcl_Interp *interp, int count, Tcl_Obj *const words[]) {
    made it = {NULL, NULL, NULL, NULL};
    int result;
    (void)unused;
    if (count != 4) {
        Tcl_WrongNumArgs(interp, 1, words, "url token row");
        return TCL_ERROR;
    }
    result = predict(interp, &it, Tcl_GetString(words[1]), Tcl_GetString(words[2]), words[3]);
    release(&it);
    return result;
}

static int version_command(ClientData unused, Tcl_Interp *interp, int count, Tcl_Obj *const words[]) {
    (void)unused, (void)count, (void)words;
    Tcl_SetObjResult(interp, Tcl_NewStringObj(sidekick_version(), -1));
    return TCL_OK;
}

int Sidekicktcl_Init(Tcl_Interp *interp) {
    if (Tcl_InitStubs(interp, "8.5", 0) == NULL) return TCL_ERROR;
    Tcl_Eval(interp, "namespace eval sidekick {}");
    Tcl_CreateObjCommand(interp, "sidekick::predict", predict_command, NULL, NULL);
    Tcl_CreateObjCommand(interp, "sidekick::version", version_command, NULL, NULL);
    return Tcl_PkgProvide(interp, "sidekicktcl", "1.0");
}
