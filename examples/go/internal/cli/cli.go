// Package cli is what the examples share: the command line, the token and the opened deployment.
package cli

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"libsidekick.dev/go/sidekick"
)

const options = "--url URL [--token TOKEN | --token-file FILE] [--model-description FILE]"

// Program is one example: its usage, how many arguments it takes, and what it does.
type Program struct {
	Name, Arguments, About string
	// Least and Most are how many arguments there may be.
	Least, Most int
	Run         func(ctx context.Context, deployment *sidekick.Deployment, arguments []string) error
}

// Main runs a program and exits: with 2 if the command line is wrong, with 1 if something failed.
func (p Program) Main() {
	usage := strings.TrimSpace(fmt.Sprintf("usage: %s %s %s", p.Name, options, p.Arguments))
	flags := flag.NewFlagSet(p.Name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	url := flags.String("url", "", "")
	var token *string
	flags.Func("token", "", func(text string) error { token = &text; return nil })
	tokenFile := flags.String("token-file", "", "")
	var settings []sidekick.Option
	flags.Func("model-description", "", func(path string) error {
		settings = append(settings, sidekick.WithModelDescriptionFile(path))
		return nil
	})
	err := flags.Parse(os.Args[1:])
	if err == flag.ErrHelp {
		fmt.Printf("%s\n%s\nThe token can also be in the environment, as SIDEKICK_TOKEN.\n", usage, p.About)
		os.Exit(0)
	}
	if err != nil || *url == "" || flags.NArg() < p.Least || flags.NArg() > p.Most {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	}
	found, err := findToken(token, *tokenFile)
	if err == nil {
		err = p.run(*url, found, settings, flags.Args())
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", p.Name, err)
		os.Exit(1)
	}
}

// run opens the deployment, which lives as long as the program runs or until it is interrupted.
func (p Program) run(url, token string, settings []sidekick.Option, arguments []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	deployment, err := sidekick.Open(ctx, url, token, settings...)
	if err != nil {
		return err
	}
	defer deployment.Close()
	return p.Run(ctx, deployment, arguments)
}

// findToken takes the token from the command line, where it may be empty, from a file, or else from the
// environment.
func findToken(token *string, file string) (string, error) {
	if token != nil {
		return *token, nil
	}
	if file != "" {
		text, err := os.ReadFile(file)
		return strings.TrimSpace(string(text)), err
	}
	if found := os.Getenv("SIDEKICK_TOKEN"); found != "" {
		return found, nil
	}
	return "", fmt.Errorf("no token: give --token, --token-file or the environment variable SIDEKICK_TOKEN")
}
