#!/usr/bin/perl
# Predicts a penguin and a digit: perl predict.pl SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE
# SIDEKICK_LIBRARY is the path of the library.
use strict;
use warnings;
use FindBin;
use lib $FindBin::Bin;
use Sidekick;

# Predicts one row of a deployment: `fill` adds its values, `read` gets the predictions.
sub predict {
    my ($url, $token, $fill, $read) = @_;
    my @open = (Sidekick::text($url), Sidekick::text($token), undef, undef);
    Sidekick::with('deployment', 'deployment_open', \@open, sub {
        my ($deployment) = @_;
        Sidekick::with('rows', 'rows_new', [$deployment], sub {
            my ($rows) = @_;
            $fill->($rows);
            Sidekick::call('rows_end_row', $rows);
            Sidekick::with('predictions', 'deployment_predict', [$deployment, $rows, undef], $read);
        });
    });
    return;
}

# Prints the most probable category of the first output.
sub print_top {
    my ($what, $predictions) = @_;
    my ($label, $length, $probability) = (undef, 0, 0);
    Sidekick::call('predictions_top', $predictions, 0, 0, 0, \$label, \$length, \$probability);
    printf "%s %s %.4f\n", $what, Sidekick::text_at($label, $length), $probability;
    return;
}

sub add_penguin {
    my ($rows) = @_;
    my %categories = (island => 'Biscoe', sex => 'female');
    my %numbers = ('bill length (mm)' => 46.1, 'bill depth (mm)' => 13.2, 'flipper length (mm)' => 211, year => 2007);
    for my $name (keys %categories) {
        Sidekick::call('rows_add_category', $rows, Sidekick::text($name), Sidekick::text($categories{$name}));
    }
    for my $name (keys %numbers) {
        Sidekick::call('rows_add_number', $rows, Sidekick::text($name), $numbers{$name});
    }
    return;
}

sub print_penguin {
    my ($predictions) = @_;
    my $mass = 0;
    print_top('species', $predictions);
    Sidekick::call('predictions_number', $predictions, 1, 0, \$mass);
    printf "mass %.1f\n", $mass;
    return;
}

if (@ARGV != 4) {
    print {*STDERR} "usage: predict.pl SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE\n";
    exit 2;
}
my ($server, $penguins_token, $digits_token, $image) = @ARGV;
my $ok = eval {
    predict("$server/deployment/penguins", $penguins_token, \&add_penguin, \&print_penguin);
    predict("$server/deployment/digits", $digits_token,
        sub { Sidekick::call('rows_add_image_file', $_[0], Sidekick::text('image'), Sidekick::text($image)) },
        sub { print_top('digit', $_[0]) });
    1;
};
if (!$ok) {
    my $failure = $@;
    die $failure unless ref $failure eq 'HASH';
    print {*STDERR} "error $failure->{status}: $failure->{message}\n";
    exit 1;
}
