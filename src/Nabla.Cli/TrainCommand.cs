using System.CommandLine;

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
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print only where the model is." };
        var noDoctor = new Option<bool>("--no-doctor") { Description = "Do not watch the training for what commonly goes wrong." };

        var command = new Command("train", "Trains a network, saves it, and shows how good it has become.");
        recipe.AddTo(command, learningRate, schedule, clip, epochs, earlyStopping, ema, validation, output, quiet, noDoctor);
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
                Quiet = parsed.GetValue(quiet),
                NoDoctor = parsed.GetValue(noDoctor),
            },
            cancel)));
        return command;
    }
}
