using System.CommandLine;
using System.CommandLine.Parsing;

namespace Nabla.Cli;

/// <summary><c>nabla train [DATA]</c>: trains a network, saves it, and shows how good it has become.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var recipe = new RecipeOptions();
        var learningRate = new Option<double?>("--learning-rate", "--lr")
        {
            Description = "η, how far each step goes." + RecipeOptions.Own(Preset.Classic.LearningRate) + " 'lr-find' finds one.",
            HelpName = "η",
        };
        var schedule = new Option<string?>("--schedule")
        {
            Description = "How the learning rate changes: constant, cosine, linear, \"step 10 0.1\", \"exponential 0.9\", one-cycle, \"plateau 3 0.5\", or a sequence, " +
                "\"warmup 1 then cosine\"." + RecipeOptions.Own(Preset.Classic.Schedule),
            HelpName = "TEXT",
        };
        var clip = new Option<string?>("--clip") { Description = "The largest norm of a gradient, \"1\"; or its largest derivative, \"value 0.5\".", HelpName = "SIZE" };
        var epochs = new Option<int?>("--epochs", "-e") { Description = "How many times to go through the data." + RecipeOptions.Own(Preset.Classic.Epochs), HelpName = "N" };
        var earlyStopping = new Option<int?>("--early-stopping") { Description = "Stop after so many epochs in a row that are not better on the validation examples.", HelpName = "N" };
        var ema = new Option<double?>("--ema") { Description = "Evaluate and save an average of the weights over about 1 / (1 − D) steps, such as 0.999.", HelpName = "D" };
        var validation = new Option<double>("--validation")
        {
            Description = "The share of the data, of each class, that is kept apart to choose the best epoch by.",
            DefaultValueFactory = _ => 0.1,
            HelpName = "SHARE",
        };
        var output = new Option<string?>("--out", "-o") { Description = "The folder for the run; a new one under runs/ if not given.", HelpName = "DIR" };
        var resume = new Option<string?>("--resume") { Description = "Go on with the run in this folder, exactly where it was stopped. Only --epochs may be more than it was.", HelpName = "RUN" };
        var saveEvery = new Option<double?>("--save-every")
        {
            Description = "Save after so many seconds, also within an epoch, so that a power failure costs no more. Default: every two seconds or less often, so that it takes less than 1 % of the time.",
            HelpName = "SECONDS",
        };
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print only where the model is." };
        var noDoctor = new Option<bool>("--no-doctor") { Description = "Do not watch the training for what commonly goes wrong." };

        var command = new Command("train", "Trains a network, saves it, and shows how good it has become.");
        recipe.AddTo(command, learningRate, schedule, clip, epochs, earlyStopping, ema, validation, output, resume, saveEvery, quiet, noDoctor);
        command.SetAction((parsed, cancel) => Task.FromResult(TrainRun.Start(
            recipe.Request(parsed) with
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
                Given =
                [
                    .. parsed.CommandResult.Children.OfType<OptionResult>().Where(option => !option.Implicit).Select(option => option.Option.Name),
                    .. parsed.CommandResult.Children.OfType<ArgumentResult>().Where(argument => argument.Tokens.Count > 0).Select(argument => argument.Argument.Name),
                ],
                Quiet = parsed.GetValue(quiet),
                NoDoctor = parsed.GetValue(noDoctor),
            },
            cancel)));
        return command;
    }
}
