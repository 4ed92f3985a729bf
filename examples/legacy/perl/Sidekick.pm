# The functions of the C library that the program needs, for FFI::Platypus.
package Sidekick;
use strict;
use warnings;
use FFI::Platypus 2.00;

use constant OK => 0;

my $ffi = FFI::Platypus->new(api => 2);
$ffi->lib($ENV{SIDEKICK_LIBRARY} || 'libsidekick.so');

# Objects are opaque pointers. A text is a string of bytes and its length.
my %functions = (
    deployment_open     => ['string', 'size_t', 'string', 'size_t', 'opaque', 'opaque', 'opaque*'],
    rows_new            => ['opaque', 'opaque*'],
    rows_add_category   => ['opaque', 'string', 'size_t', 'string', 'size_t'],
    rows_add_number     => ['opaque', 'string', 'size_t', 'double'],
    rows_add_image_file => ['opaque', 'string', 'size_t', 'string', 'size_t'],
    rows_end_row        => ['opaque'],
    deployment_predict  => ['opaque', 'opaque', 'opaque', 'opaque*'],
    predictions_top     => ['opaque', 'size_t', 'size_t', 'size_t', 'opaque*', 'size_t*', 'double*'],
    predictions_number  => ['opaque', 'size_t', 'size_t', 'double*'],
);
my %calls = map { $_ => $ffi->function("sidekick_$_" => [@{ $functions{$_} }, 'opaque*'] => 'sint32') } keys %functions;
my %frees = map { $_ => $ffi->function("sidekick_${_}_free" => ['opaque'] => 'void') } qw(deployment rows predictions error);
my $message = $ffi->function(sidekick_error_message => ['opaque', 'opaque'] => 'string');

# Calls a function that returns a status, with a place for its error, and dies with what went wrong.
sub call {
    my ($name, @arguments) = @_;
    my $error;
    my $status = $calls{$name}->call(@arguments, \$error);
    return if $status == OK;
    my $text = $message->call($error, undef);
    $frees{error}->call($error);
    die { status => $status, message => $text };
}

# Makes an object with a function, hands it to `use`, and frees it whatever happens.
sub with {
    my ($type, $function, $arguments, $use) = @_;
    my $object;
    call($function, @$arguments, \$object);
    my $ok = eval { $use->($object); 1 };
    my $failure = $@;
    $frees{$type}->call($object);
    die $failure unless $ok;
    return;
}

# A text as bytes in UTF-8, and its length.
sub text {
    my ($text) = @_;
    utf8::encode($text) if utf8::is_utf8($text);
    return ($text, length $text);
}

# The text at a pointer.
sub text_at {
    my ($pointer, $length) = @_;
    return unpack 'P' . $length, pack 'J', $pointer;
}

1;
