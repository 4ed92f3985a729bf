# Predicts a penguin and a digit: tclsh predict.tcl SHIM SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE
# SHIM is libsidekicktcl.so, which is built of sidekick.c.

proc print_top {what output} {
    lassign $output label probability
    puts [format "%s %s %.4f" $what $label $probability]
}

proc predict_penguin {server token} {
    set row {
        island {category Biscoe} sex {category female}
        {bill length (mm)} {number 46.1} {bill depth (mm)} {number 13.2}
        {flipper length (mm)} {number 211} year {number 2007}
    }
    set outputs [sidekick::predict $server/deployment/penguins $token $row]
    print_top species [dict get $outputs species]
    puts [format "mass %.1f" [dict get $outputs "body mass (g)"]]
}

proc predict_digit {server token path} {
    set file [open $path rb]
    set bytes [read $file]
    close $file
    set outputs [sidekick::predict $server/deployment/digits $token [dict create image [list image $bytes]]]
    print_top digit [dict get $outputs digit]
}

if {$argc != 5} {
    puts stderr "usage: predict.tcl SHIM SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE"
    exit 2
}
lassign $argv shim server penguins_token digits_token image
load $shim Sidekicktcl
try {
    predict_penguin $server $penguins_token
    predict_digit $server $digits_token $image
} trap SIDEKICK message {
    puts stderr $message
    exit 1
}
