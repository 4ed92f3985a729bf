// Predicts a penguin and a digit: Predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE

import static dev.libsidekick.SidekickFfm.*;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** The memory of one prediction: what the arena has allocated is freed with it. */
final class Predict implements AutoCloseable {
    /** A call that failed. */
    static final class SidekickException extends RuntimeException {
        private static final long serialVersionUID = 1;

        final int status;

        SidekickException(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    // A confined arena: only the thread that made it may use its memory.
    final Arena arena = Arena.ofConfined();
    // Places for outputs. An arena's memory begins as zeros, which is NULL.
    final MemorySegment error = arena.allocate(ADDRESS);
    final MemorySegment deployment = arena.allocate(ADDRESS);
    final MemorySegment rows = arena.allocate(ADDRESS);
    final MemorySegment predictions = arena.allocate(ADDRESS);

    Predict(String url, String token) {
        MemorySegment address = utf8(url);
        MemorySegment secret = utf8(token);
        try {
            check(sidekick_deployment_open(address, address.byteSize(), secret, secret.byteSize(),
                MemorySegment.NULL, MemorySegment.NULL, deployment, error));
            check(sidekick_rows_new(object(deployment), rows, error));
        } catch (SidekickException failure) {
            close();
            throw failure;
        }
    }

    /** Frees the library's objects, then the memory of the places for them. Each _free takes NULL. */
    @Override
    public void close() {
        sidekick_predictions_free(object(predictions));
        sidekick_rows_free(object(rows));
        sidekick_deployment_free(object(deployment));
        arena.close();
    }

    /** What the library put into a place for a pointer. */
    static MemorySegment object(MemorySegment place) {
        return place.get(ADDRESS, 0);
    }

    /** Text for the library, which copies it. */
    MemorySegment utf8(String text) {
        return arena.allocateFrom(JAVA_BYTE, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Copies text that the library hands out. Java does not know its length before. */
    @SuppressWarnings("restricted")
    static String text(MemorySegment pointer, MemorySegment length) {
        byte[] bytes = pointer.reinterpret(length.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Throws what went wrong in a call. Its message is copied before the error is freed. */
    void check(int status) {
        if (status == SIDEKICK_OK) {
            return;
        }
        MemorySegment failure = object(error);
        MemorySegment length = arena.allocate(JAVA_LONG);
        String message = text(sidekick_error_message(failure, length), length);
        sidekick_error_free(failure);
        throw new SidekickException(status, message);
    }

    void addCategory(String name, String label) {
        MemorySegment input = utf8(name);
        MemorySegment value = utf8(label);
        check(sidekick_rows_add_category(
            object(rows), input, input.byteSize(), value, value.byteSize(), error));
    }

    void addNumber(String name, double number) {
        MemorySegment input = utf8(name);
        check(sidekick_rows_add_number(object(rows), input, input.byteSize(), number, error));
    }

    void addImage(String name, byte[] file) {
        MemorySegment input = utf8(name);
        MemorySegment image = arena.allocateFrom(JAVA_BYTE, file);
        check(sidekick_rows_add_image(
            object(rows), input, input.byteSize(), image, image.byteSize(), error));
    }

    /** Ends the row, and asks the server. */
    void send() {
        check(sidekick_rows_end_row(object(rows), error));
        check(sidekick_deployment_predict(
            object(deployment), object(rows), MemorySegment.NULL, predictions, error));
    }

    /** Prints the most probable category of the first output. */
    void printTop(String what) {
        MemorySegment label = arena.allocate(ADDRESS);
        MemorySegment length = arena.allocate(JAVA_LONG);
        MemorySegment probability = arena.allocate(JAVA_DOUBLE);
        check(sidekick_predictions_top(object(predictions), 0, 0, 0, label, length, probability, error));
        print("%s %s %.4f", what, text(object(label), length), probability.get(JAVA_DOUBLE, 0));
    }

    double number(long output) {
        MemorySegment number = arena.allocate(JAVA_DOUBLE);
        check(sidekick_predictions_number(object(predictions), output, 0, number, error));
        return number.get(JAVA_DOUBLE, 0);
    }

    static void print(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }

    static void penguin(String server, String token) {
        try (Predict penguin = new Predict(server + "/deployment/penguins", token)) {
            Map.of("island", "Biscoe", "sex", "female").forEach(penguin::addCategory);
            Map.of("bill length (mm)", 46.1, "bill depth (mm)", 13.2, "flipper length (mm)", 211.0, "year", 2007.0)
                .forEach(penguin::addNumber);
            penguin.send();
            penguin.printTop("species");
            print("mass %.1f", penguin.number(1));
        }
    }

    static void digit(String server, String token, byte[] image) {
        try (Predict digit = new Predict(server + "/deployment/digits", token)) {
            digit.addImage("image", image);
            digit.send();
            digit.printTop("digit");
        }
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 4) {
            System.err.println("usage: Predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE");
            System.exit(2);
        }
        byte[] image = Files.readAllBytes(Path.of(arguments[3]));
        try {
            penguin(arguments[0], arguments[1]);
            digit(arguments[0], arguments[2], image);
        } catch (SidekickException failure) {
            System.err.println("error " + failure.status + ": " + failure.getMessage());
            System.exit(1);
        }
    }
}
