// Predicts a penguin and a digit: Predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE

import static dev.libsidekick.Sidekick.INSTANCE;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.DoubleByReference;
import com.sun.jna.ptr.PointerByReference;
import dev.libsidekick.Sidekick;
import dev.libsidekick.Sidekick.SizeT;
import dev.libsidekick.Sidekick.SizeTByReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

public final class Predict {
    /** A call that failed. */
    static final class SidekickException extends RuntimeException {
        private static final long serialVersionUID = 1;

        final int status;

        SidekickException(int status, String message) {
            super(message);
            this.status = status;
        }
    }

    static final SizeT ZERO = new SizeT(0);

    /** Makes a call with a place for its error, and throws what went wrong. */
    static void call(Function<PointerByReference, Integer> function) {
        PointerByReference error = new PointerByReference();
        int status = function.apply(error);
        if (status == Sidekick.SIDEKICK_OK) {
            return;
        }
        SizeTByReference length = new SizeTByReference();
        Pointer message = INSTANCE.sidekick_error_message(error.getValue(), length);
        String text = text(message, length);
        INSTANCE.sidekick_error_free(error.getValue());
        throw new SidekickException(status, text);
    }

    /** Text that the library hands out. */
    static String text(Pointer pointer, SizeTByReference length) {
        return new String(pointer.getByteArray(0, Math.toIntExact(length.getValue())), StandardCharsets.UTF_8);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static SizeT size(byte[] bytes) {
        return new SizeT(bytes.length);
    }

    /** Predicts one row of a deployment: `fill` adds its values, `read` gets the predictions. All of it is freed. */
    static void predict(String url, String token, Consumer<Pointer> fill, Consumer<Pointer> read) {
        byte[] address = bytes(url);
        byte[] secret = bytes(token);
        PointerByReference deployment = new PointerByReference();
        PointerByReference rows = new PointerByReference();
        PointerByReference predictions = new PointerByReference();
        try {
            call(error -> INSTANCE.sidekick_deployment_open(
                address, size(address), secret, size(secret), null, null, deployment, error));
            call(error -> INSTANCE.sidekick_rows_new(deployment.getValue(), rows, error));
            fill.accept(rows.getValue());
            call(error -> INSTANCE.sidekick_rows_end_row(rows.getValue(), error));
            call(error -> INSTANCE.sidekick_deployment_predict(
                deployment.getValue(), rows.getValue(), null, predictions, error));
            read.accept(predictions.getValue());
        } finally {
            // What was not made is null, which every _free takes.
            INSTANCE.sidekick_predictions_free(predictions.getValue());
            INSTANCE.sidekick_rows_free(rows.getValue());
            INSTANCE.sidekick_deployment_free(deployment.getValue());
        }
    }

    /** Prints the most probable category of the first output. */
    static void printTop(String what, Pointer predictions) {
        PointerByReference label = new PointerByReference();
        SizeTByReference length = new SizeTByReference();
        DoubleByReference probability = new DoubleByReference();
        call(error -> INSTANCE.sidekick_predictions_top(
            predictions, ZERO, ZERO, ZERO, label, length, probability, error));
        String category = text(label.getValue(), length);
        System.out.println(String.format(Locale.ROOT, "%s %s %.4f", what, category, probability.getValue()));
    }

    static void addPenguin(Pointer rows) {
        Map<String, String> categories = Map.of("island", "Biscoe", "sex", "female");
        Map<String, Double> numbers = Map.of(
            "bill length (mm)", 46.1, "bill depth (mm)", 13.2, "flipper length (mm)", 211.0, "year", 2007.0);
        categories.forEach((name, label) -> {
            byte[] input = bytes(name);
            byte[] value = bytes(label);
            call(error -> INSTANCE.sidekick_rows_add_category(rows, input, size(input), value, size(value), error));
        });
        numbers.forEach((name, number) -> {
            byte[] input = bytes(name);
            call(error -> INSTANCE.sidekick_rows_add_number(rows, input, size(input), number, error));
        });
    }

    static void printPenguin(Pointer predictions) {
        DoubleByReference mass = new DoubleByReference();
        printTop("species", predictions);
        call(error -> INSTANCE.sidekick_predictions_number(predictions, new SizeT(1), ZERO, mass, error));
        System.out.println(String.format(Locale.ROOT, "mass %.1f", mass.getValue()));
    }

    static void addImage(Pointer rows, byte[] file) {
        byte[] input = bytes("image");
        Memory image = new Memory(file.length);
        image.write(0, file, 0, file.length);
        call(error -> INSTANCE.sidekick_rows_add_image(rows, input, size(input), image, size(file), error));
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 4) {
            System.err.println("usage: Predict SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE");
            System.exit(2);
        }
        String server = arguments[0];
        byte[] image = Files.readAllBytes(Path.of(arguments[3]));
        try {
            predict(server + "/deployment/penguins", arguments[1], Predict::addPenguin, Predict::printPenguin);
            predict(server + "/deployment/digits", arguments[2],
                rows -> addImage(rows, image), predictions -> printTop("digit", predictions));
        } catch (SidekickException failure) {
            System.err.println("error " + failure.status + ": " + failure.getMessage());
            System.exit(1);
        }
    }
}
