using System.CommandLine;
using System.CommandLine.Parsing;

namespace Nabla.Cli;

/// <summary><c>nabla train [DATA]</c>: trains a network, saves it, and tests it.</summary>
internal sealed class TrainCommand
{
    private readonly RecipeOptions recipe = new();
    private readonly Option<double?> learningRate = new("--learning-rate", "--lr")
    {
        Description = "η, the size of each step." + RecipeOptions.DefaultOf(Preset.Classic.LearningRate) +
            " 'lr-find' finds one.",
        HelpName = "η",
    };
    private readonly Option<string?> schedule = new("--schedule")
    {
        Description = "How the learning rate changes: constant, cosine, linear, \"step 10 0.1\", " +
            "\"exponential 0.9\", one-cycle, \"plateau 3 0.5\", or a sequence, \"warmup 1 then cosine\"." +
            RecipeOptions.DefaultOf(Preset.Classic.Schedule),
        HelpName = "TEXT",
    };
    private readonly Option<string?> clip = new("--clip")
    {
        Description = "The largest norm of a gradient, \"1\"; or its largest derivative, \"value 0.5\".",
        HelpName = "SIZE",
    };
    private readonly Option<int?> epochs = new("--epochs", "-e")
    {
        Description = "The number of passes through the data." + RecipeOptions.DefaultOf(Preset.Classic.Epochs),
        HelpName = "N",
    };
    private readonly Option<int?> earlyStopping = new("--early-stopping")
    {
        Description = "Stop after N epochs in a row without improvement on the validation examples.",
        HelpName = "N",
    };
    private readonly Option<double?> ema = new("--ema")
    {
        Description = "Evaluate and save an average of the weights over about 1 / (1 − D) steps, such as 0.999.",
        HelpName = "D",
    };
    private readonly Option<double> validation = new("--validation")
    {
        Description = "The share of the data, of each class, that is set aside to choose the best epoch.",
        DefaultValueFactory = _ => 0.1,
        HelpName = "SHARE",
    };
    private readonly Option<string?> output = new("--out", "-o")
    {
        Description = "The folder for the run; a new one under runs/ if not given.",
        HelpName = "DIR",
    };
    private readonly Option<string?> resume = new("--resume")
    {
        Description = "Resume the run in this folder exactly where it stopped. Only --epochs may be larger.",
        HelpName = "RUN",
    };
    private readonly Option<double?> saveEvery = new("--save-every")
    {
        Description = "Save after this many seconds, also within an epoch, so that a power failure costs no more. " +
            "Default: every two seconds, or less often where saving would take more than 1 % of the time.",
        HelpName = "SECONDS",
    };
    private readonly Option<bool> quiet = new("--quiet", "-q")
    {
        Description = "Print only the path of the model and its test result.",
    };
    private readonly Option<bool> noDoctor = new("--no-doctor")
    {
        Description = "Do not watch the training for common mistakes.",
    };

    private TrainCommand()
    {
    }

    public static Command Create()
    {
        var options = new TrainCommand();
        var command = new Command("train", "Trains a network, saves it, and tests it.");
        options.recipe.AddTo(
            command, options.learningRate, options.schedule, options.clip, options.epochs, options.earlyStopping,
            options.ema, options.validation, options.output, options.resume, options.saveEvery, options.quiet,
            options.noDoctor);
        command.SetAction((parsed, cancel) => Task.FromResult(TrainRun.Start(options.Request(parsed), cancel)));
        return command;
    }

    private TrainRequest Request(ParseResult parsed) => recipe.Request(parsed) with
    {
        LearningRate = parsed.GetValue(learningRate),
        Schedule = parsed.GetValue(schedule),
        Clip = parsed.GetValue(clip),
        Epochs = parsed.GetValue(epochs),
        EarlyStopping = parsed.GetValue(earlyStopping),
        Ema = parsed.GetValue(ema),
        Validation = parsed.GetValue(validation),
        Out = parsed.GetValue(output),
        Resume = parsed.GetValue(resume),
        SaveEvery = parsed.GetValue(saveEvery),
        Given = [.. Given(parsed.CommandResult)],
        Quiet = parsed.GetValue(quiet),
        NoDoctor = parsed.GetValue(noDoctor),
    };

    private static IEnumerable<string> Given(CommandResult command) =>
        command.Children.OfType<OptionResult>().Where(option => !option.Implicit).Select(option => option.Option.Name)
            .Concat(command.Children.OfType<ArgumentResult>()
                .Where(argument => argument.Tokens.Count > 0)
                .Select(argument => argument.Argument.Name));
}
