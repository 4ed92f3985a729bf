<?php
// Predicts a penguin and a digit: php predict.php SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE
// SIDEKICK_FFI is the path of sidekick_ffi.h, SIDEKICK_LIBRARY that of the library.

final class SidekickException extends RuntimeException
{
}

final class Sidekick
{
    public FFI $c;

    public function __construct()
    {
        $header = file_get_contents(getenv('SIDEKICK_FFI'));
        $this->c = FFI::cdef($header, getenv('SIDEKICK_LIBRARY') ?: 'libsidekick.so');
    }

    /** Calls a function that returns a status, with a place for its error, and throws what went wrong. */
    public function call(string $name, mixed ...$arguments): void
    {
        $error = $this->c->new('sidekick_error *');
        $arguments[] = FFI::addr($error);
        $status = $this->c->{"sidekick_$name"}(...$arguments);
        if ($status !== $this->c->SIDEKICK_OK) {
            $message = $this->c->sidekick_error_message($error, null);
            $this->c->sidekick_error_free($error);
            throw new SidekickException($message, $status);
        }
    }

    /**
     * Predicts one row of a deployment: `fill` adds its values, `read` gets the predictions. All of it is freed.
     */
    public function predict(string $url, string $token, callable $fill, callable $read): void
    {
        // A pointer begins as NULL, which every _free takes.
        $deployment = $this->c->new('sidekick_deployment *');
        $rows = $this->c->new('sidekick_rows *');
        $predictions = $this->c->new('sidekick_predictions *');
        try {
            $this->call('deployment_open', $url, strlen($url), $token, strlen($token), null, null, FFI::addr($deployment));
            $this->call('rows_new', $deployment, FFI::addr($rows));
            $fill($rows);
            $this->call('rows_end_row', $rows);
            $this->call('deployment_predict', $deployment, $rows, null, FFI::addr($predictions));
            $read($predictions);
        } finally {
            $this->c->sidekick_predictions_free($predictions);
            $this->c->sidekick_rows_free($rows);
            $this->c->sidekick_deployment_free($deployment);
        }
    }

    /** The most probable category of the first output, with its probability. */
    public function top(FFI\CData $predictions): array
    {
        $label = $this->c->new('const char *');
        $length = $this->c->new('size_t');
        $probability = $this->c->new('double');
        $this->call('predictions_top', $predictions, 0, 0, 0, FFI::addr($label), FFI::addr($length), FFI::addr($probability));
        return [FFI::string($label, $length->cdata), $probability->cdata];
    }
}

function predictPenguin(Sidekick $sidekick, string $server, string $token): void
{
    $fill = function (FFI\CData $rows) use ($sidekick) {
        foreach (['island' => 'Biscoe', 'sex' => 'female'] as $name => $label) {
            $sidekick->call('rows_add_category', $rows, $name, strlen($name), $label, strlen($label));
        }
        $numbers = ['bill length (mm)' => 46.1, 'bill depth (mm)' => 13.2, 'flipper length (mm)' => 211.0, 'year' => 2007.0];
        foreach ($numbers as $name => $number) {
            $sidekick->call('rows_add_number', $rows, $name, strlen($name), $number);
        }
    };
    $read = function (FFI\CData $predictions) use ($sidekick) {
        printf("species %s %.4f\n", ...$sidekick->top($predictions));
        $mass = $sidekick->c->new('double');
        $sidekick->call('predictions_number', $predictions, 1, 0, FFI::addr($mass));
        printf("mass %.1f\n", $mass->cdata);
    };
    $sidekick->predict("$server/deployment/penguins", $token, $fill, $read);
}

function predictDigit(Sidekick $sidekick, string $server, string $token, string $image): void
{
    $fill = fn (FFI\CData $rows) =>
        $sidekick->call('rows_add_image_file', $rows, 'image', strlen('image'), $image, strlen($image));
    $read = fn (FFI\CData $predictions) => printf("digit %s %.4f\n", ...$sidekick->top($predictions));
    $sidekick->predict("$server/deployment/digits", $token, $fill, $read);
}

if ($argc !== 5) {
    fwrite(STDERR, "usage: predict.php SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE\n");
    exit(2);
}
try {
    $sidekick = new Sidekick();
    predictPenguin($sidekick, $argv[1], $argv[2]);
    predictDigit($sidekick, $argv[1], $argv[3], $argv[4]);
} catch (SidekickException $failure) {
    fwrite(STDERR, "error {$failure->getCode()}: {$failure->getMessage()}\n");
    exit(1);
}
