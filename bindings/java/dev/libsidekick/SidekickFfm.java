// Written from sidekick.h, which is the manual, by `make header`: do not edit.

package dev.libsidekick;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The functions of the C library, for Java 22 or newer on 64-bit systems. Texts are bytes in UTF-8 with their
 * length. NULL is {@link MemorySegment#NULL}. The library is loaded from java.library.path.
 */
@SuppressWarnings("restricted")
public final class SidekickFfm {
    static {
        System.loadLibrary("sidekick");
    }

    private SidekickFfm() {}

    /** An older library may lack a function: calling that one throws. */
    private static MethodHandle function(String name, FunctionDescriptor descriptor) {
        return SymbolLookup.loaderLookup().find(name)
            .map(address -> Linker.nativeLinker().downcallHandle(address, descriptor))
            .orElseGet(() -> missing(name, descriptor.toMethodType()));
    }

    private static MethodHandle missing(String name, MethodType type) {
        MethodHandle thrower = MethodHandles.throwException(type.returnType(), UnsatisfiedLinkError.class)
            .bindTo(new UnsatisfiedLinkError("libsidekick has no function " + name));
        return MethodHandles.dropArguments(thrower, 0, type.parameterList());
    }

    private static FunctionDescriptor of(MemoryLayout result, MemoryLayout... parameters) {
        return FunctionDescriptor.of(result, parameters);
    }

    private static FunctionDescriptor ofVoid(MemoryLayout... parameters) {
        return FunctionDescriptor.ofVoid(parameters);
    }

    /** A pointer to a callback, which is valid until its arena closes. */
    private static <T> MemorySegment pointer(
            Arena arena, Class<T> type, T callback, FunctionDescriptor descriptor) {
        MethodType parameters = descriptor.toMethodType();
        try {
            MethodHandle method = MethodHandles.lookup().findVirtual(type, "invoke", parameters);
            return Linker.nativeLinker().upcallStub(method.bindTo(callback), descriptor, arena);
        } catch (ReflectiveOperationException missing) {
            throw new AssertionError(missing);
        }
    }

    /** What is thrown in place of a call: its memory is of the heap, another thread or a closed arena. */
    private static RuntimeException refused(Throwable thrown) {
        if (thrown instanceof Error error) {
            throw error;
        }
        return thrown instanceof RuntimeException mistake ? mistake : new IllegalStateException(thrown);
    }

    /** As the length of a text that a NUL ends. */
    public static final long SIDEKICK_NUL = -1;
    public static final int SIDEKICK_VERSION_MAJOR = 0;
    public static final int SIDEKICK_VERSION_MINOR = 2;
    public static final int SIDEKICK_VERSION_PATCH = 0;
    public static final int SIDEKICK_PROTOCOL_AUTO = 0;
    public static final int SIDEKICK_PROTOCOL_DEPLOYMENT_API = 1;
    public static final int SIDEKICK_PROTOCOL_OPEN_INFERENCE = 2;
    public static final int SIDEKICK_INPUT = 0;
    public static final int SIDEKICK_OUTPUT = 1;
    public static final int SIDEKICK_TYPE_NUMERIC = 1;
    public static final int SIDEKICK_TYPE_CATEGORICAL = 2;
    public static final int SIDEKICK_TYPE_BINARY = 3;
    public static final int SIDEKICK_TYPE_TEXT = 4;
    public static final int SIDEKICK_TYPE_IMAGE = 5;
    public static final int SIDEKICK_TYPE_BYTES = 6;
    public static final int SIDEKICK_DTYPE_F32 = 1;
    public static final int SIDEKICK_DTYPE_F64 = 2;
    public static final int SIDEKICK_DTYPE_I8 = 3;
    public static final int SIDEKICK_DTYPE_I16 = 4;
    public static final int SIDEKICK_DTYPE_I32 = 5;
    public static final int SIDEKICK_DTYPE_I64 = 6;
    public static final int SIDEKICK_DTYPE_U8 = 7;
    public static final int SIDEKICK_DTYPE_U16 = 8;
    public static final int SIDEKICK_DTYPE_U32 = 9;
    public static final int SIDEKICK_DTYPE_U64 = 10;
    public static final int SIDEKICK_DTYPE_F16 = 11;
    public static final int SIDEKICK_DTYPE_BF16 = 12;
    public static final int SIDEKICK_DTYPE_BOOL = 13;
    public static final int SIDEKICK_RECORD_END_ROW = 0;
    public static final int SIDEKICK_RECORD_NUMBER = 1;
    public static final int SIDEKICK_RECORD_INTEGER = 2;
    public static final int SIDEKICK_RECORD_CATEGORY = 3;
    public static final int SIDEKICK_RECORD_BINARY = 4;
    public static final int SIDEKICK_RECORD_TEXT = 5;
    public static final int SIDEKICK_RECORD_BYTES = 6;
    public static final int SIDEKICK_RECORD_UNSIGNED = 7;
    public static final int SIDEKICK_COLUMN_PIECES = -1;
    public static final int SIDEKICK_COLUMN_TEXTS = -2;
    public static final int SIDEKICK_OK = 0;
    public static final int SIDEKICK_ERROR_ARGUMENT = 1;
    public static final int SIDEKICK_ERROR_INTERNAL = 2;
    public static final int SIDEKICK_ERROR_MEMORY = 3;
    public static final int SIDEKICK_ERROR_FILE = 4;
    public static final int SIDEKICK_ERROR_STREAM_FULL = 5;
    public static final int SIDEKICK_ERROR_UNKNOWN_FEATURE = 10;
    public static final int SIDEKICK_ERROR_FEATURE_TYPE = 11;
    public static final int SIDEKICK_ERROR_FEATURE_SHAPE = 12;
    public static final int SIDEKICK_ERROR_FEATURE_VALUE = 13;
    public static final int SIDEKICK_ERROR_FEATURE_TWICE = 14;
    public static final int SIDEKICK_ERROR_ROW_INCOMPLETE = 15;
    public static final int SIDEKICK_ERROR_IMAGE = 16;
    public static final int SIDEKICK_ERROR_NPY = 17;
    public static final int SIDEKICK_ERROR_CONNECT = 20;
    public static final int SIDEKICK_ERROR_TLS = 21;
    public static final int SIDEKICK_ERROR_TIMEOUT = 22;
    public static final int SIDEKICK_ERROR_NETWORK = 23;
    public static final int SIDEKICK_ERROR_CANCELLED = 24;
    public static final int SIDEKICK_ERROR_HTTP = 30;
    public static final int SIDEKICK_ERROR_SERVER = 31;
    public static final int SIDEKICK_ERROR_DESCRIBE = 40;
    public static final int SIDEKICK_ERROR_REPLY_MALFORMED = 41;
    public static final int SIDEKICK_ERROR_REPLY_ROWS = 42;
    public static final int SIDEKICK_ERROR_REPLY_OUTPUT = 43;
    public static final int SIDEKICK_ERROR_REPLY_TYPE = 44;
    public static final int SIDEKICK_ERROR_REPLY_SHAPE = 45;
    public static final int SIDEKICK_ERROR_REPLY_ENCODING = 46;
    public static final int SIDEKICK_ERROR_REPLY_TOO_LARGE = 47;
    public static final int SIDEKICK_TLS_1_2 = 12;
    public static final int SIDEKICK_TLS_1_3 = 13;
    public static final int SIDEKICK_WIRE_AUTO = 0;
    public static final int SIDEKICK_WIRE_BINARY = 1;
    public static final int SIDEKICK_WIRE_JSON = 2;
    public static final int SIDEKICK_LOG_ERROR = 1;
    public static final int SIDEKICK_LOG_WARNING = 2;
    public static final int SIDEKICK_LOG_INFO = 3;
    public static final int SIDEKICK_LOG_DEBUG = 4;

    /** It must not throw: an exception ends the JVM. */
    @FunctionalInterface
    public interface sidekick_token_callback {
        int invoke(MemorySegment data, int refused, MemorySegment token);

        /** A pointer for the library, which is valid until the arena closes. */
        static MemorySegment in(Arena arena, sidekick_token_callback callback) {
            return pointer(arena, sidekick_token_callback.class, callback,
                of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));
        }
    }

    /** It must not throw: an exception ends the JVM. */
    @FunctionalInterface
    public interface sidekick_release_callback {
        void invoke(MemorySegment data);

        /** A pointer for the library, which is valid until the arena closes. */
        static MemorySegment in(Arena arena, sidekick_release_callback callback) {
            return pointer(arena, sidekick_release_callback.class, callback,
                ofVoid(ADDRESS));
        }
    }

    /** It must not throw: an exception ends the JVM. */
    @FunctionalInterface
    public interface sidekick_log_callback {
        void invoke(MemorySegment data, int level, MemorySegment message, long length);

        /** A pointer for the library, which is valid until the arena closes. */
        static MemorySegment in(Arena arena, sidekick_log_callback callback) {
            return pointer(arena, sidekick_log_callback.class, callback,
                ofVoid(ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG));
        }
    }

    /** It must not throw: an exception ends the JVM. */
    @FunctionalInterface
    public interface sidekick_signal_callback {
        int invoke(MemorySegment data);

        /** A pointer for the library, which is valid until the arena closes. */
        static MemorySegment in(Arena arena, sidekick_signal_callback callback) {
            return pointer(arena, sidekick_signal_callback.class, callback,
                of(JAVA_INT, ADDRESS));
        }
    }

    private static final MethodHandle sidekick_version = function("sidekick_version",
            of(ADDRESS));

    public static MemorySegment sidekick_version() {
        try {
            return (MemorySegment) sidekick_version.invokeExact();
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_open =
            function("sidekick_deployment_open", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS, ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_deployment_open(MemorySegment url, long url_length,
            MemorySegment token, long token_length, MemorySegment options, MemorySegment cancel,
            MemorySegment deployment, MemorySegment error) {
        try {
            return (int) sidekick_deployment_open.invokeExact(url, url_length, token,
                token_length, options, cancel, deployment, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_free =
            function("sidekick_deployment_free", ofVoid(ADDRESS));

    public static void sidekick_deployment_free(MemorySegment deployment) {
        try {
            sidekick_deployment_free.invokeExact(deployment);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_batch_limit =
            function("sidekick_deployment_batch_limit", of(JAVA_LONG, ADDRESS));

    public static long sidekick_deployment_batch_limit(MemorySegment deployment) {
        try {
            return (long) sidekick_deployment_batch_limit.invokeExact(deployment);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_model_version =
            function("sidekick_deployment_model_version", of(ADDRESS, ADDRESS, ADDRESS));

    public static MemorySegment sidekick_deployment_model_version(MemorySegment deployment,
            MemorySegment length) {
        try {
            return (MemorySegment) sidekick_deployment_model_version.invokeExact(deployment,
                length);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_protocol =
            function("sidekick_deployment_protocol", of(JAVA_INT, ADDRESS));

    public static int sidekick_deployment_protocol(MemorySegment deployment) {
        try {
            return (int) sidekick_deployment_protocol.invokeExact(deployment);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_feature_count =
            function("sidekick_deployment_feature_count", of(JAVA_LONG, ADDRESS, JAVA_INT));

    public static long sidekick_deployment_feature_count(MemorySegment deployment, int side) {
        try {
            return (long) sidekick_deployment_feature_count.invokeExact(deployment, side);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_feature_index =
            function("sidekick_deployment_feature_index", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_LONG,
            ADDRESS, ADDRESS));

    public static int sidekick_deployment_feature_index(MemorySegment deployment, int side,
            MemorySegment name, long name_length, MemorySegment index, MemorySegment error) {
        try {
            return (int) sidekick_deployment_feature_index.invokeExact(deployment, side,
                name, name_length, index, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_feature_name =
            function("sidekick_deployment_feature_name", of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS));

    public static int sidekick_deployment_feature_name(MemorySegment deployment, int side,
            long index, MemorySegment name, MemorySegment name_length, MemorySegment error) {
        try {
            return (int) sidekick_deployment_feature_name.invokeExact(deployment, side,
                index, name, name_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_feature_type =
            function("sidekick_deployment_feature_type", of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS,
            ADDRESS));

    public static int sidekick_deployment_feature_type(MemorySegment deployment, int side,
            long index, MemorySegment feature_type, MemorySegment error) {
        try {
            return (int) sidekick_deployment_feature_type.invokeExact(deployment, side,
                index, feature_type, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_feature_dtype =
            function("sidekick_deployment_feature_dtype", of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS,
            ADDRESS));

    public static int sidekick_deployment_feature_dtype(MemorySegment deployment, int side,
            long index, MemorySegment dtype, MemorySegment error) {
        try {
            return (int) sidekick_deployment_feature_dtype.invokeExact(deployment, side,
                index, dtype, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_feature_optional =
            function("sidekick_deployment_feature_optional", of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG,
            ADDRESS, ADDRESS));

    public static int sidekick_deployment_feature_optional(MemorySegment deployment, int side,
            long index, MemorySegment optional, MemorySegment error) {
        try {
            return (int) sidekick_deployment_feature_optional.invokeExact(deployment, side,
                index, optional, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_feature_shape =
            function("sidekick_deployment_feature_shape", of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS));

    public static int sidekick_deployment_feature_shape(MemorySegment deployment, int side,
            long index, MemorySegment shape, MemorySegment rank, MemorySegment error) {
        try {
            return (int) sidekick_deployment_feature_shape.invokeExact(deployment, side,
                index, shape, rank, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_category_count =
            function("sidekick_deployment_category_count", of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG,
            ADDRESS, ADDRESS));

    public static int sidekick_deployment_category_count(MemorySegment deployment, int side,
            long index, MemorySegment count, MemorySegment error) {
        try {
            return (int) sidekick_deployment_category_count.invokeExact(deployment, side,
                index, count, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_category =
            function("sidekick_deployment_category", of(JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG,
            ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_deployment_category(MemorySegment deployment, int side,
            long index, long category, MemorySegment label, MemorySegment label_length, MemorySegment error) {
        try {
            return (int) sidekick_deployment_category.invokeExact(deployment, side, index,
                category, label, label_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_new = function("sidekick_rows_new",
            of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_rows_new(MemorySegment deployment, MemorySegment rows,
            MemorySegment error) {
        try {
            return (int) sidekick_rows_new.invokeExact(deployment, rows, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_count = function("sidekick_rows_count",
            of(JAVA_LONG, ADDRESS));

    public static long sidekick_rows_count(MemorySegment rows) {
        try {
            return (long) sidekick_rows_count.invokeExact(rows);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_number =
            function("sidekick_rows_add_number", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_DOUBLE,
            ADDRESS));

    public static int sidekick_rows_add_number(MemorySegment rows, MemorySegment name,
            long name_length, double number, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_number.invokeExact(rows, name, name_length,
                number, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_number_at =
            function("sidekick_rows_add_number_at", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_DOUBLE, ADDRESS));

    public static int sidekick_rows_add_number_at(MemorySegment rows, long index, double number,
            MemorySegment error) {
        try {
            return (int) sidekick_rows_add_number_at.invokeExact(rows, index, number, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_integer =
            function("sidekick_rows_add_integer", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_integer(MemorySegment rows, MemorySegment name,
            long name_length, long integer, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_integer.invokeExact(rows, name, name_length,
                integer, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_integer_at =
            function("sidekick_rows_add_integer_at", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));

    public static int sidekick_rows_add_integer_at(MemorySegment rows, long index, long integer,
            MemorySegment error) {
        try {
            return (int) sidekick_rows_add_integer_at.invokeExact(rows, index, integer,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_unsigned =
            function("sidekick_rows_add_unsigned", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_unsigned(MemorySegment rows, MemorySegment name,
            long name_length, long integer, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_unsigned.invokeExact(rows, name, name_length,
                integer, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_unsigned_at =
            function("sidekick_rows_add_unsigned_at", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));

    public static int sidekick_rows_add_unsigned_at(MemorySegment rows, long index, long integer,
            MemorySegment error) {
        try {
            return (int) sidekick_rows_add_unsigned_at.invokeExact(rows, index, integer,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_category =
            function("sidekick_rows_add_category", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS));

    public static int sidekick_rows_add_category(MemorySegment rows, MemorySegment name,
            long name_length, MemorySegment label, long label_length, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_category.invokeExact(rows, name, name_length,
                label, label_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_category_at =
            function("sidekick_rows_add_category_at", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_category_at(MemorySegment rows, long index,
            MemorySegment label, long label_length, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_category_at.invokeExact(rows, index, label,
                label_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_binary =
            function("sidekick_rows_add_binary", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT,
            ADDRESS));

    public static int sidekick_rows_add_binary(MemorySegment rows, MemorySegment name,
            long name_length, int value, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_binary.invokeExact(rows, name, name_length, value,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_binary_at =
            function("sidekick_rows_add_binary_at", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS));

    public static int sidekick_rows_add_binary_at(MemorySegment rows, long index, int value,
            MemorySegment error) {
        try {
            return (int) sidekick_rows_add_binary_at.invokeExact(rows, index, value, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_text = function("sidekick_rows_add_text",
            of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_rows_add_text(MemorySegment rows, MemorySegment name,
            long name_length, MemorySegment value, long value_length, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_text.invokeExact(rows, name, name_length, value,
                value_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_text_at =
            function("sidekick_rows_add_text_at", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_text_at(MemorySegment rows, long index,
            MemorySegment value, long value_length, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_text_at.invokeExact(rows, index, value,
                value_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_bytes =
            function("sidekick_rows_add_bytes", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_bytes(MemorySegment rows, MemorySegment name,
            long name_length, MemorySegment value, long size, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_bytes.invokeExact(rows, name, name_length, value,
                size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_bytes_at =
            function("sidekick_rows_add_bytes_at", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_bytes_at(MemorySegment rows, long index,
            MemorySegment value, long size, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_bytes_at.invokeExact(rows, index, value, size,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_packed =
            function("sidekick_rows_add_packed", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_rows_add_packed(MemorySegment rows, MemorySegment records,
            long size, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_packed.invokeExact(rows, records, size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_end_row = function("sidekick_rows_end_row",
            of(JAVA_INT, ADDRESS, ADDRESS));

    public static int sidekick_rows_end_row(MemorySegment rows, MemorySegment error) {
        try {
            return (int) sidekick_rows_end_row.invokeExact(rows, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_discard_row =
            function("sidekick_rows_discard_row", of(JAVA_INT, ADDRESS, ADDRESS));

    public static int sidekick_rows_discard_row(MemorySegment rows, MemorySegment error) {
        try {
            return (int) sidekick_rows_discard_row.invokeExact(rows, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_clear = function("sidekick_rows_clear",
            of(JAVA_INT, ADDRESS, ADDRESS));

    public static int sidekick_rows_clear(MemorySegment rows, MemorySegment error) {
        try {
            return (int) sidekick_rows_clear.invokeExact(rows, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_free = function("sidekick_rows_free",
            ofVoid(ADDRESS));

    public static void sidekick_rows_free(MemorySegment rows) {
        try {
            sidekick_rows_free.invokeExact(rows);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_image =
            function("sidekick_rows_add_image", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_image(MemorySegment rows, MemorySegment name,
            long name_length, MemorySegment encoded, long size, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_image.invokeExact(rows, name, name_length,
                encoded, size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_image_at =
            function("sidekick_rows_add_image_at", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_image_at(MemorySegment rows, long index,
            MemorySegment encoded, long size, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_image_at.invokeExact(rows, index, encoded, size,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_image_file =
            function("sidekick_rows_add_image_file", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS));

    public static int sidekick_rows_add_image_file(MemorySegment rows, MemorySegment name,
            long name_length, MemorySegment path, long path_length, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_image_file.invokeExact(rows, name, name_length,
                path, path_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_image_file_at =
            function("sidekick_rows_add_image_file_at", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_image_file_at(MemorySegment rows, long index,
            MemorySegment path, long path_length, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_image_file_at.invokeExact(rows, index, path,
                path_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_pixels =
            function("sidekick_rows_add_pixels", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT,
            JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS));

    public static int sidekick_rows_add_pixels(MemorySegment rows, MemorySegment name,
            long name_length, int width, int height, int channels, long row_stride, MemorySegment samples,
            long size, int jpeg_quality, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_pixels.invokeExact(rows, name, name_length, width,
                height, channels, row_stride, samples, size, jpeg_quality, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_pixels_at =
            function("sidekick_rows_add_pixels_at", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT,
            JAVA_INT, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS));

    public static int sidekick_rows_add_pixels_at(MemorySegment rows, long index, int width,
            int height, int channels, long row_stride, MemorySegment samples, long size, int jpeg_quality,
            MemorySegment error) {
        try {
            return (int) sidekick_rows_add_pixels_at.invokeExact(rows, index, width, height,
                channels, row_stride, samples, size, jpeg_quality, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_array =
            function("sidekick_rows_add_array", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS,
            JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_rows_add_array(MemorySegment rows, MemorySegment name,
            long name_length, int dtype, MemorySegment shape, long rank, MemorySegment strides,
            MemorySegment data, long data_size, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_array.invokeExact(rows, name, name_length, dtype,
                shape, rank, strides, data, data_size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_array_at =
            function("sidekick_rows_add_array_at", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS,
            JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_rows_add_array_at(MemorySegment rows, long index, int dtype,
            MemorySegment shape, long rank, MemorySegment strides, MemorySegment data, long data_size,
            MemorySegment error) {
        try {
            return (int) sidekick_rows_add_array_at.invokeExact(rows, index, dtype, shape,
                rank, strides, data, data_size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_npy = function("sidekick_rows_add_npy",
            of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_rows_add_npy(MemorySegment rows, MemorySegment name,
            long name_length, MemorySegment file, long size, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_npy.invokeExact(rows, name, name_length, file,
                size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_npy_at =
            function("sidekick_rows_add_npy_at", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_npy_at(MemorySegment rows, long index,
            MemorySegment file, long size, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_npy_at.invokeExact(rows, index, file, size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_npy_file =
            function("sidekick_rows_add_npy_file", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS));

    public static int sidekick_rows_add_npy_file(MemorySegment rows, MemorySegment name,
            long name_length, MemorySegment path, long path_length, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_npy_file.invokeExact(rows, name, name_length,
                path, path_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_npy_file_at =
            function("sidekick_rows_add_npy_file_at", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_rows_add_npy_file_at(MemorySegment rows, long index,
            MemorySegment path, long path_length, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_npy_file_at.invokeExact(rows, index, path,
                path_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_rows_add_columns =
            function("sidekick_rows_add_columns", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_rows_add_columns(MemorySegment rows, long count,
            long column_count, MemorySegment inputs, MemorySegment kinds, MemorySegment values,
            MemorySegment sizes, MemorySegment ends, MemorySegment error) {
        try {
            return (int) sidekick_rows_add_columns.invokeExact(rows, count, column_count,
                inputs, kinds, values, sizes, ends, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_predict =
            function("sidekick_deployment_predict", of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
            ADDRESS));

    public static int sidekick_deployment_predict(MemorySegment deployment, MemorySegment rows,
            MemorySegment cancel, MemorySegment predictions, MemorySegment error) {
        try {
            return (int) sidekick_deployment_predict.invokeExact(deployment, rows, cancel,
                predictions, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_predict_packed =
            function("sidekick_deployment_predict_packed", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS,
            ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_deployment_predict_packed(MemorySegment deployment,
            MemorySegment records, long size, MemorySegment cancel, MemorySegment values, long count,
            MemorySegment error) {
        try {
            return (int) sidekick_deployment_predict_packed.invokeExact(deployment, records,
                size, cancel, values, count, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_deployment_post_json =
            function("sidekick_deployment_post_json", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS));

    public static int sidekick_deployment_post_json(MemorySegment deployment, MemorySegment json,
            long json_length, MemorySegment cancel, MemorySegment reply, MemorySegment error) {
        try {
            return (int) sidekick_deployment_post_json.invokeExact(deployment, json,
                json_length, cancel, reply, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_reply_http_status =
            function("sidekick_reply_http_status", of(JAVA_INT, ADDRESS));

    public static int sidekick_reply_http_status(MemorySegment reply) {
        try {
            return (int) sidekick_reply_http_status.invokeExact(reply);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_reply_text = function("sidekick_reply_text",
            of(ADDRESS, ADDRESS, ADDRESS));

    public static MemorySegment sidekick_reply_text(MemorySegment reply, MemorySegment length) {
        try {
            return (MemorySegment) sidekick_reply_text.invokeExact(reply, length);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_reply_free = function("sidekick_reply_free",
            ofVoid(ADDRESS));

    public static void sidekick_reply_free(MemorySegment reply) {
        try {
            sidekick_reply_free.invokeExact(reply);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_count =
            function("sidekick_predictions_count", of(JAVA_LONG, ADDRESS));

    public static long sidekick_predictions_count(MemorySegment predictions) {
        try {
            return (long) sidekick_predictions_count.invokeExact(predictions);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_failure_count =
            function("sidekick_predictions_failure_count", of(JAVA_LONG, ADDRESS));

    public static long sidekick_predictions_failure_count(MemorySegment predictions) {
        try {
            return (long) sidekick_predictions_failure_count.invokeExact(predictions);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_failure =
            function("sidekick_predictions_failure", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));

    public static int sidekick_predictions_failure(MemorySegment predictions, long index,
            MemorySegment failure, MemorySegment error) {
        try {
            return (int) sidekick_predictions_failure.invokeExact(predictions, index,
                failure, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_sent_row =
            function("sidekick_predictions_sent_row", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS));

    public static int sidekick_predictions_sent_row(MemorySegment predictions, long prediction,
            MemorySegment row, MemorySegment error) {
        try {
            return (int) sidekick_predictions_sent_row.invokeExact(predictions, prediction,
                row, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_number =
            function("sidekick_predictions_number", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            ADDRESS));

    public static int sidekick_predictions_number(MemorySegment predictions, long output,
            long row, MemorySegment number, MemorySegment error) {
        try {
            return (int) sidekick_predictions_number.invokeExact(predictions, output, row,
                number, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_integer =
            function("sidekick_predictions_integer", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            ADDRESS));

    public static int sidekick_predictions_integer(MemorySegment predictions, long output,
            long row, MemorySegment value, MemorySegment error) {
        try {
            return (int) sidekick_predictions_integer.invokeExact(predictions, output, row,
                value, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_numbers =
            function("sidekick_predictions_numbers", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS,
            ADDRESS));

    public static int sidekick_predictions_numbers(MemorySegment predictions, long output,
            MemorySegment numbers, MemorySegment count, MemorySegment error) {
        try {
            return (int) sidekick_predictions_numbers.invokeExact(predictions, output,
                numbers, count, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_bytes =
            function("sidekick_predictions_bytes", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS));

    public static int sidekick_predictions_bytes(MemorySegment predictions, long output,
            long row, MemorySegment value, MemorySegment size, MemorySegment error) {
        try {
            return (int) sidekick_predictions_bytes.invokeExact(predictions, output, row,
                value, size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_bytes_column =
            function("sidekick_predictions_bytes_column", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS,
            ADDRESS, ADDRESS));

    public static int sidekick_predictions_bytes_column(MemorySegment predictions, long output,
            MemorySegment values, MemorySegment ends, MemorySegment count, MemorySegment error) {
        try {
            return (int) sidekick_predictions_bytes_column.invokeExact(predictions, output,
                values, ends, count, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_text =
            function("sidekick_predictions_text", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS));

    public static int sidekick_predictions_text(MemorySegment predictions, long output, long row,
            MemorySegment value, MemorySegment value_length, MemorySegment error) {
        try {
            return (int) sidekick_predictions_text.invokeExact(predictions, output, row,
                value, value_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_texts =
            function("sidekick_predictions_texts", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS,
            ADDRESS, ADDRESS));

    public static int sidekick_predictions_texts(MemorySegment predictions, long output,
            MemorySegment texts, MemorySegment ends, MemorySegment count, MemorySegment error) {
        try {
            return (int) sidekick_predictions_texts.invokeExact(predictions, output, texts,
                ends, count, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_category_count =
            function("sidekick_predictions_category_count", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS,
            ADDRESS));

    public static int sidekick_predictions_category_count(MemorySegment predictions, long output,
            MemorySegment count, MemorySegment error) {
        try {
            return (int) sidekick_predictions_category_count.invokeExact(predictions, output,
                count, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_category_label =
            function("sidekick_predictions_category_label", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG,
            ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_predictions_category_label(MemorySegment predictions, long output,
            long category, MemorySegment label, MemorySegment label_length, MemorySegment error) {
        try {
            return (int) sidekick_predictions_category_label.invokeExact(predictions, output,
                category, label, label_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_probabilities =
            function("sidekick_predictions_probabilities", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG,
            ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_predictions_probabilities(MemorySegment predictions, long output,
            long row, MemorySegment probabilities, MemorySegment count, MemorySegment error) {
        try {
            return (int) sidekick_predictions_probabilities.invokeExact(predictions, output,
                row, probabilities, count, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_probability_matrix =
            function("sidekick_predictions_probability_matrix", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS));

    public static int sidekick_predictions_probability_matrix(MemorySegment predictions,
            long output, MemorySegment matrix, MemorySegment count, MemorySegment error) {
        try {
            return (int) sidekick_predictions_probability_matrix.invokeExact(predictions,
                output, matrix, count, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_probability =
            function("sidekick_predictions_probability", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS, ADDRESS));

    public static int sidekick_predictions_probability(MemorySegment predictions, long output,
            long row, MemorySegment label, long label_length, MemorySegment probability,
            MemorySegment error) {
        try {
            return (int) sidekick_predictions_probability.invokeExact(predictions, output,
                row, label, label_length, probability, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_top =
            function("sidekick_predictions_top", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG,
            ADDRESS, ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_predictions_top(MemorySegment predictions, long output, long row,
            long rank, MemorySegment label, MemorySegment label_length, MemorySegment probability,
            MemorySegment error) {
        try {
            return (int) sidekick_predictions_top.invokeExact(predictions, output, row, rank,
                label, label_length, probability, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_image =
            function("sidekick_predictions_image", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_predictions_image(MemorySegment predictions, long output,
            long row, MemorySegment encoded, MemorySegment size, MemorySegment media_type,
            MemorySegment error) {
        try {
            return (int) sidekick_predictions_image.invokeExact(predictions, output, row,
                encoded, size, media_type, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_image_size =
            function("sidekick_predictions_image_size", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_predictions_image_size(MemorySegment predictions, long output,
            long row, MemorySegment width, MemorySegment height, MemorySegment channels,
            MemorySegment error) {
        try {
            return (int) sidekick_predictions_image_size.invokeExact(predictions, output,
                row, width, height, channels, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_image_pixels =
            function("sidekick_predictions_image_pixels", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG,
            ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_predictions_image_pixels(MemorySegment predictions, long output,
            long row, MemorySegment buffer, long buffer_size, MemorySegment error) {
        try {
            return (int) sidekick_predictions_image_pixels.invokeExact(predictions, output,
                row, buffer, buffer_size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_save_image =
            function("sidekick_predictions_save_image", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS));

    public static int sidekick_predictions_save_image(MemorySegment predictions, long output,
            long row, MemorySegment path, long path_length, MemorySegment error) {
        try {
            return (int) sidekick_predictions_save_image.invokeExact(predictions, output,
                row, path, path_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_free =
            function("sidekick_predictions_free", ofVoid(ADDRESS));

    public static void sidekick_predictions_free(MemorySegment predictions) {
        try {
            sidekick_predictions_free.invokeExact(predictions);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_array =
            function("sidekick_predictions_array", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS));

    public static int sidekick_predictions_array(MemorySegment predictions, long output,
            long row, MemorySegment elements, MemorySegment count, MemorySegment error) {
        try {
            return (int) sidekick_predictions_array.invokeExact(predictions, output, row,
                elements, count, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_elements =
            function("sidekick_predictions_elements", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_predictions_elements(MemorySegment predictions, long output,
            long row, MemorySegment elements, MemorySegment size, MemorySegment dtype, MemorySegment error) {
        try {
            return (int) sidekick_predictions_elements.invokeExact(predictions, output, row,
                elements, size, dtype, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_elements_column =
            function("sidekick_predictions_elements_column", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_predictions_elements_column(MemorySegment predictions,
            long output, MemorySegment elements, MemorySegment size, MemorySegment dtype,
            MemorySegment error) {
        try {
            return (int) sidekick_predictions_elements_column.invokeExact(predictions,
                output, elements, size, dtype, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_array_shape =
            function("sidekick_predictions_array_shape", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS,
            ADDRESS));

    public static int sidekick_predictions_array_shape(MemorySegment predictions, long output,
            MemorySegment shape, MemorySegment rank, MemorySegment error) {
        try {
            return (int) sidekick_predictions_array_shape.invokeExact(predictions, output,
                shape, rank, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_row_shape =
            function("sidekick_predictions_row_shape", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            ADDRESS, ADDRESS));

    public static int sidekick_predictions_row_shape(MemorySegment predictions, long output,
            long row, MemorySegment shape, MemorySegment rank, MemorySegment error) {
        try {
            return (int) sidekick_predictions_row_shape.invokeExact(predictions, output, row,
                shape, rank, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_arrays =
            function("sidekick_predictions_arrays", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS,
            ADDRESS));

    public static int sidekick_predictions_arrays(MemorySegment predictions, long output,
            MemorySegment elements, MemorySegment count, MemorySegment error) {
        try {
            return (int) sidekick_predictions_arrays.invokeExact(predictions, output,
                elements, count, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_copy_array =
            function("sidekick_predictions_copy_array", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_INT,
            ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_predictions_copy_array(MemorySegment predictions, long output,
            long row, int dtype, MemorySegment buffer, long buffer_size, MemorySegment error) {
        try {
            return (int) sidekick_predictions_copy_array.invokeExact(predictions, output,
                row, dtype, buffer, buffer_size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_predictions_save_npy =
            function("sidekick_predictions_save_npy", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS));

    public static int sidekick_predictions_save_npy(MemorySegment predictions, long output,
            long row, MemorySegment path, long path_length, MemorySegment error) {
        try {
            return (int) sidekick_predictions_save_npy.invokeExact(predictions, output, row,
                path, path_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_stream_new = function("sidekick_stream_new",
            of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_stream_new(MemorySegment deployment, MemorySegment cancel,
            MemorySegment stream, MemorySegment error) {
        try {
            return (int) sidekick_stream_new.invokeExact(deployment, cancel, stream, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_stream_push = function("sidekick_stream_push",
            of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_stream_push(MemorySegment stream, MemorySegment rows,
            MemorySegment error) {
        try {
            return (int) sidekick_stream_push.invokeExact(stream, rows, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_stream_is_full =
            function("sidekick_stream_is_full", of(JAVA_INT, ADDRESS));

    public static int sidekick_stream_is_full(MemorySegment stream) {
        try {
            return (int) sidekick_stream_is_full.invokeExact(stream);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_stream_next = function("sidekick_stream_next",
            of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS));

    public static int sidekick_stream_next(MemorySegment stream, MemorySegment predictions,
            MemorySegment error) {
        try {
            return (int) sidekick_stream_next.invokeExact(stream, predictions, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_stream_free = function("sidekick_stream_free",
            ofVoid(ADDRESS));

    public static void sidekick_stream_free(MemorySegment stream) {
        try {
            sidekick_stream_free.invokeExact(stream);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_cancel_new = function("sidekick_cancel_new",
            of(JAVA_INT, ADDRESS, ADDRESS));

    public static int sidekick_cancel_new(MemorySegment cancel, MemorySegment error) {
        try {
            return (int) sidekick_cancel_new.invokeExact(cancel, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_cancel_trigger =
            function("sidekick_cancel_trigger", of(JAVA_INT, ADDRESS, ADDRESS));

    public static int sidekick_cancel_trigger(MemorySegment cancel, MemorySegment error) {
        try {
            return (int) sidekick_cancel_trigger.invokeExact(cancel, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_cancel_set_timeout =
            function("sidekick_cancel_set_timeout", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_cancel_set_timeout(MemorySegment cancel, long milliseconds,
            MemorySegment error) {
        try {
            return (int) sidekick_cancel_set_timeout.invokeExact(cancel, milliseconds, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_cancel_free = function("sidekick_cancel_free",
            ofVoid(ADDRESS));

    public static void sidekick_cancel_free(MemorySegment cancel) {
        try {
            sidekick_cancel_free.invokeExact(cancel);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_status = function("sidekick_error_status",
            of(JAVA_INT, ADDRESS));

    public static int sidekick_error_status(MemorySegment error) {
        try {
            return (int) sidekick_error_status.invokeExact(error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_message = function("sidekick_error_message",
            of(ADDRESS, ADDRESS, ADDRESS));

    public static MemorySegment sidekick_error_message(MemorySegment error,
            MemorySegment length) {
        try {
            return (MemorySegment) sidekick_error_message.invokeExact(error, length);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_http_status =
            function("sidekick_error_http_status", of(JAVA_INT, ADDRESS));

    public static int sidekick_error_http_status(MemorySegment error) {
        try {
            return (int) sidekick_error_http_status.invokeExact(error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_server_code =
            function("sidekick_error_server_code", of(ADDRESS, ADDRESS, ADDRESS));

    public static MemorySegment sidekick_error_server_code(MemorySegment error,
            MemorySegment length) {
        try {
            return (MemorySegment) sidekick_error_server_code.invokeExact(error, length);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_server_message =
            function("sidekick_error_server_message", of(ADDRESS, ADDRESS, ADDRESS));

    public static MemorySegment sidekick_error_server_message(MemorySegment error,
            MemorySegment length) {
        try {
            return (MemorySegment) sidekick_error_server_message.invokeExact(error, length);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_row = function("sidekick_error_row",
            of(JAVA_LONG, ADDRESS));

    public static long sidekick_error_row(MemorySegment error) {
        try {
            return (long) sidekick_error_row.invokeExact(error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_rows_first =
            function("sidekick_error_rows_first", of(JAVA_LONG, ADDRESS));

    public static long sidekick_error_rows_first(MemorySegment error) {
        try {
            return (long) sidekick_error_rows_first.invokeExact(error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_rows_count =
            function("sidekick_error_rows_count", of(JAVA_LONG, ADDRESS));

    public static long sidekick_error_rows_count(MemorySegment error) {
        try {
            return (long) sidekick_error_rows_count.invokeExact(error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_feature = function("sidekick_error_feature",
            of(ADDRESS, ADDRESS, ADDRESS));

    public static MemorySegment sidekick_error_feature(MemorySegment error,
            MemorySegment length) {
        try {
            return (MemorySegment) sidekick_error_feature.invokeExact(error, length);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_os_error =
            function("sidekick_error_os_error", of(JAVA_INT, ADDRESS));

    public static int sidekick_error_os_error(MemorySegment error) {
        try {
            return (int) sidekick_error_os_error.invokeExact(error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_attempts =
            function("sidekick_error_attempts", of(JAVA_INT, ADDRESS));

    public static int sidekick_error_attempts(MemorySegment error) {
        try {
            return (int) sidekick_error_attempts.invokeExact(error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_retryable =
            function("sidekick_error_retryable", of(JAVA_INT, ADDRESS));

    public static int sidekick_error_retryable(MemorySegment error) {
        try {
            return (int) sidekick_error_retryable.invokeExact(error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_error_free = function("sidekick_error_free",
            ofVoid(ADDRESS));

    public static void sidekick_error_free(MemorySegment error) {
        try {
            sidekick_error_free.invokeExact(error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_new = function("sidekick_options_new",
            of(JAVA_INT, ADDRESS, ADDRESS));

    public static int sidekick_options_new(MemorySegment options, MemorySegment error) {
        try {
            return (int) sidekick_options_new.invokeExact(options, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_batch_rows =
            function("sidekick_options_set_batch_rows", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_batch_rows(MemorySegment options, long batch_rows,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_batch_rows.invokeExact(options, batch_rows,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_max_in_flight =
            function("sidekick_options_set_max_in_flight", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_max_in_flight(MemorySegment options, long requests,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_max_in_flight.invokeExact(options, requests,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_isolate_bad_rows =
            function("sidekick_options_set_isolate_bad_rows", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_isolate_bad_rows(MemorySegment options, int isolate,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_isolate_bad_rows.invokeExact(options, isolate,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_isolate_status_500 =
            function("sidekick_options_set_isolate_status_500", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_isolate_status_500(MemorySegment options, int isolate,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_isolate_status_500.invokeExact(options,
                isolate, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_connect_timeout =
            function("sidekick_options_set_connect_timeout", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_connect_timeout(MemorySegment options,
            long milliseconds, MemorySegment error) {
        try {
            return (int) sidekick_options_set_connect_timeout.invokeExact(options,
                milliseconds, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_response_timeout =
            function("sidekick_options_set_response_timeout", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_response_timeout(MemorySegment options,
            long milliseconds, MemorySegment error) {
        try {
            return (int) sidekick_options_set_response_timeout.invokeExact(options,
                milliseconds, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_call_timeout =
            function("sidekick_options_set_call_timeout", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_call_timeout(MemorySegment options, long milliseconds,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_call_timeout.invokeExact(options, milliseconds,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_retries =
            function("sidekick_options_set_retries", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_retries(MemorySegment options, int retries,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_retries.invokeExact(options, retries, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_retry_backoff =
            function("sidekick_options_set_retry_backoff", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG,
            ADDRESS));

    public static int sidekick_options_set_retry_backoff(MemorySegment options,
            long first_milliseconds, long ceiling_milliseconds, MemorySegment error) {
        try {
            return (int) sidekick_options_set_retry_backoff.invokeExact(options,
                first_milliseconds, ceiling_milliseconds, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_ca_file =
            function("sidekick_options_set_ca_file", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_ca_file(MemorySegment options, MemorySegment path,
            long path_length, MemorySegment error) {
        try {
            return (int) sidekick_options_set_ca_file.invokeExact(options, path, path_length,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_ca_pem =
            function("sidekick_options_set_ca_pem", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_ca_pem(MemorySegment options, MemorySegment pem,
            long size, MemorySegment error) {
        try {
            return (int) sidekick_options_set_ca_pem.invokeExact(options, pem, size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_client_certificate_file =
            function("sidekick_options_set_client_certificate_file", of(JAVA_INT, ADDRESS, ADDRESS,
            JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_client_certificate_file(MemorySegment options,
            MemorySegment certificate_path, long certificate_path_length, MemorySegment key_path,
            long key_path_length, MemorySegment error) {
        try {
            return (int) sidekick_options_set_client_certificate_file.invokeExact(options,
                certificate_path, certificate_path_length, key_path, key_path_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_client_certificate_pem =
            function("sidekick_options_set_client_certificate_pem", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG,
            ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_client_certificate_pem(MemorySegment options,
            MemorySegment certificate, long certificate_size, MemorySegment key, long key_size,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_client_certificate_pem.invokeExact(options,
                certificate, certificate_size, key, key_size, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_tls_minimum =
            function("sidekick_options_set_tls_minimum", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_tls_minimum(MemorySegment options, int version,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_tls_minimum.invokeExact(options, version,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_dangerous_skip_tls_verification =
            function("sidekick_options_set_dangerous_skip_tls_verification", of(JAVA_INT, ADDRESS, JAVA_INT,
            ADDRESS));

    public static int sidekick_options_set_dangerous_skip_tls_verification(MemorySegment options,
            int skip, MemorySegment error) {
        try {
            return (int)
                sidekick_options_set_dangerous_skip_tls_verification.invokeExact(options, skip, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_allow_token_over_http =
            function("sidekick_options_set_allow_token_over_http", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_allow_token_over_http(MemorySegment options,
            int allow, MemorySegment error) {
        try {
            return (int) sidekick_options_set_allow_token_over_http.invokeExact(options,
                allow, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_add_header =
            function("sidekick_options_add_header", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS,
            JAVA_LONG, ADDRESS));

    public static int sidekick_options_add_header(MemorySegment options, MemorySegment name,
            long name_length, MemorySegment value, long value_length, MemorySegment error) {
        try {
            return (int) sidekick_options_add_header.invokeExact(options, name, name_length,
                value, value_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_user_agent_suffix =
            function("sidekick_options_set_user_agent_suffix", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_options_set_user_agent_suffix(MemorySegment options,
            MemorySegment suffix, long suffix_length, MemorySegment error) {
        try {
            return (int) sidekick_options_set_user_agent_suffix.invokeExact(options, suffix,
                suffix_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_host_header =
            function("sidekick_options_set_host_header", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_host_header(MemorySegment options, MemorySegment host,
            long host_length, MemorySegment error) {
        try {
            return (int) sidekick_options_set_host_header.invokeExact(options, host,
                host_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_reply_limit =
            function("sidekick_options_set_reply_limit", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_reply_limit(MemorySegment options, long limit,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_reply_limit.invokeExact(options, limit, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_max_image_pixels =
            function("sidekick_options_set_max_image_pixels", of(JAVA_INT, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_max_image_pixels(MemorySegment options, long pixels,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_max_image_pixels.invokeExact(options, pixels,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_apply_orientation =
            function("sidekick_options_set_apply_orientation", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_apply_orientation(MemorySegment options, int apply,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_apply_orientation.invokeExact(options, apply,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_request_gzip =
            function("sidekick_options_set_request_gzip", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_request_gzip(MemorySegment options, int compress,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_request_gzip.invokeExact(options, compress,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_reply_gzip =
            function("sidekick_options_set_reply_gzip", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_reply_gzip(MemorySegment options, int allow,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_reply_gzip.invokeExact(options, allow, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_keep_alive =
            function("sidekick_options_set_keep_alive", of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_keep_alive(MemorySegment options, long connections,
            long idle_milliseconds, MemorySegment error) {
        try {
            return (int) sidekick_options_set_keep_alive.invokeExact(options, connections,
                idle_milliseconds, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_proxy =
            function("sidekick_options_set_proxy", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_proxy(MemorySegment options, MemorySegment url,
            long url_length, MemorySegment error) {
        try {
            return (int) sidekick_options_set_proxy.invokeExact(options, url, url_length,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_no_proxy =
            function("sidekick_options_set_no_proxy", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_options_set_no_proxy(MemorySegment options, MemorySegment hosts,
            long hosts_length, MemorySegment error) {
        try {
            return (int) sidekick_options_set_no_proxy.invokeExact(options, hosts,
                hosts_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_free = function("sidekick_options_free",
            ofVoid(ADDRESS));

    public static void sidekick_options_free(MemorySegment options) {
        try {
            sidekick_options_free.invokeExact(options);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_protocol =
            function("sidekick_options_set_protocol", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_protocol(MemorySegment options, int protocol,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_protocol.invokeExact(options, protocol, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_model_description =
            function("sidekick_options_set_model_description", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_options_set_model_description(MemorySegment options,
            MemorySegment json, long json_length, MemorySegment error) {
        try {
            return (int) sidekick_options_set_model_description.invokeExact(options, json,
                json_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_model_description_file =
            function("sidekick_options_set_model_description_file", of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG,
            ADDRESS));

    public static int sidekick_options_set_model_description_file(MemorySegment options,
            MemorySegment path, long path_length, MemorySegment error) {
        try {
            return (int) sidekick_options_set_model_description_file.invokeExact(options,
                path, path_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_wire =
            function("sidekick_options_set_wire", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_wire(MemorySegment options, int wire,
            MemorySegment error) {
        try {
            return (int) sidekick_options_set_wire.invokeExact(options, wire, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_token_callback =
            function("sidekick_options_set_token_callback", of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
            ADDRESS));

    public static int sidekick_options_set_token_callback(MemorySegment options,
            MemorySegment callback, MemorySegment data, MemorySegment release, MemorySegment error) {
        try {
            return (int) sidekick_options_set_token_callback.invokeExact(options, callback,
                data, release, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_token_set = function("sidekick_token_set",
            of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_token_set(MemorySegment token, MemorySegment value,
            long value_length, MemorySegment error) {
        try {
            return (int) sidekick_token_set.invokeExact(token, value, value_length, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_token_fail = function("sidekick_token_fail",
            of(JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));

    public static int sidekick_token_fail(MemorySegment token, MemorySegment message,
            long message_length, MemorySegment error) {
        try {
            return (int) sidekick_token_fail.invokeExact(token, message, message_length,
                error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_log_callback =
            function("sidekick_options_set_log_callback", of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
            ADDRESS));

    public static int sidekick_options_set_log_callback(MemorySegment options,
            MemorySegment callback, MemorySegment data, MemorySegment release, MemorySegment error) {
        try {
            return (int) sidekick_options_set_log_callback.invokeExact(options, callback,
                data, release, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_signal_callback =
            function("sidekick_options_set_signal_callback", of(JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS,
            ADDRESS));

    public static int sidekick_options_set_signal_callback(MemorySegment options,
            MemorySegment callback, MemorySegment data, MemorySegment release, MemorySegment error) {
        try {
            return (int) sidekick_options_set_signal_callback.invokeExact(options, callback,
                data, release, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }

    private static final MethodHandle sidekick_options_set_callbacks_on_caller =
            function("sidekick_options_set_callbacks_on_caller", of(JAVA_INT, ADDRESS, JAVA_INT, ADDRESS));

    public static int sidekick_options_set_callbacks_on_caller(MemorySegment options,
            int on_caller, MemorySegment error) {
        try {
            return (int) sidekick_options_set_callbacks_on_caller.invokeExact(options,
                on_caller, error);
        } catch (Throwable thrown) {
            throw refused(thrown);
        }
    }
}
