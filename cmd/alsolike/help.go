package main

import (
	"embed"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

//go:embed docs/*.md
var docs embed.FS

// A topic is a page of documentation: docs/NAME.md.
type topic struct{ name, title string }

// topics are the pages that help shows, in the order of their names.
func topics() []topic {
	files, err := docs.ReadDir("docs")
	if err != nil {
		panic(err) // the folder is embedded
	}
	var all []topic
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".md")
		first, _, _ := strings.Cut(topicText(name), "\n")
		all = append(all, topic{name, strings.TrimPrefix(first, "# ")})
	}
	return all
}

func topicText(name string) string {
	text, err := docs.ReadFile("docs/" + name + ".md")
	if err != nil {
		panic(err) // it was listed
	}
	return string(text)
}

func newHelpCommand(e *env) *cobra.Command {
	var list strings.Builder
	for _, t := range topics() {
		fmt.Fprintf(&list, "\n  %-10s %s", t.name, t.title)
	}
	return &cobra.Command{
		Use:   "help [VERB | TOPIC]",
		Short: "Explain a verb, or a topic such as articles",
		Long:  "Help explains a verb, as VERB --help does, or shows one of these pages:\n" + list.String(),
		Example: `  alsolike help articles
  alsolike help import`,
		RunE: func(cmd *cobra.Command, args []string) error {
			root := cmd.Root()
			if len(args) == 0 {
				return root.Help()
			}
			names := []string{}
			for _, t := range topics() {
				if t.name == args[0] && len(args) == 1 {
					_, err := fmt.Fprint(e.stdout, topicText(t.name))
					return err
				}
				names = append(names, t.name)
			}
			found, rest, err := root.Find(args)
			if err == nil && len(rest) == 0 {
				return found.Help()
			}
			for _, verb := range root.Commands() {
				names = append(names, verb.Name())
			}
			if found != root && len(rest) > 0 {
				return unknownVerb(found, rest[0])
			}
			return usagef("unknown verb or topic %q%s (see alsolike help help)", args[0], didYouMean(args[0], names))
		},
	}
}
