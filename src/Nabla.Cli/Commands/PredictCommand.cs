using System.CommandLine;
using System.Text.Json.Nodes;
using Nabla.Data;
using Spectre.Console;

namespace Nabla.Cli;

/// <summary>
/// <c>nabla predict MODEL FILE…</c>: shows what a network reads in pictures, such as photos of handwritten digits.
/// </summary>
internal static class PredictCommand
{
    private const int MostDrawn = 10;                   // images of one file

    public static Command Create()
    {
        var model = CommonOptions.Model();
        var files = new Argument<string[]>("FILE")
        {
            Description = "PNG or PGM pictures of any size, or IDX files of many images.",
            Arity = ArgumentArity.OneOrMore,
        };
        var top = new Option<int>("--top", "-k")
        {
            Description = "The number of most likely classes to show.",
            DefaultValueFactory = _ => 3,
            HelpName = "K",
        };
        var json = CommonOptions.Json();
        var command = new Command(
            "predict", "Shows what a network reads in pictures: a photo or a scan of a handwritten digit.")
        {
            model, files, top, json,
        };
        command.SetAction(parsed =>
        {
            var request = new PredictRequest(parsed.GetValue(model)!, parsed.GetValue(files)!, parsed.GetValue(top));
            return parsed.GetValue(json)
                ? Json(request, Console.Out, Console.Error)
                : Show(request, TextOutput.Console(), Console.Error);
        });
        return command;
    }

    internal static int Show(PredictRequest request, IAnsiConsole console, TextWriter error)
    {
        var model = Open(request);
        return ForEach(request, error, (file, picture) =>
        {
            var (image, output) = Predict(model, picture);
            var title = $"{file}{(picture.Number is { } number ? $", image {number}" : "")}: {Answer(model, output)}";
            console.WriteLine(title);
            if (picture.Number >= MostDrawn)
                return;
            string[] right = [.. ExampleReport.OutputLines(model, output, int.MaxValue)];
            right = [.. ExampleReport.Largest(output, request.Top).Select(i => right[i])];
            console.WriteLine();
            var drawing = ImageText.Lines(image.Pixels, image.Size);
            foreach (var line in Bars.Beside(drawing, [.. Changes(picture, image), "", .. right]))
                console.WriteLine(line);
            console.WriteLine();
        });
    }

    internal static int Json(PredictRequest request, TextWriter output, TextWriter error)
    {
        var model = Open(request);
        return ForEach(request, error, (file, picture) =>
        {
            var (_, values) = Predict(model, picture);
            var line = new JsonObject { ["file"] = file };
            if (picture.Number is { } number)
                line["image"] = number;
            line["class"] = ExampleReport.Names(model)[ExampleReport.Largest(values)];
            line["probabilities"] = InspectJson.Numbers(values);
            output.WriteLine(line.ToJsonString());
        });
    }

    private static Model Open(PredictRequest request)
    {
        if (request.Top < 1)
            throw new FormatException($"--top is {request.Top}, but a number of classes, 1 or more, is expected.");
        var path = ModelFile.Find(request.ModelPath);
        var model = Model.Load(path);
        return model.ImageSize is not null ? model : throw new InvalidDataException(
            $"{path} takes {model.Network.Inputs} numbers that are not an image, so it cannot read pictures. " +
            "Train a network on images, such as digits.");
    }

    /// <summary>
    /// Uses every picture of every file. A file that cannot be read is reported, and the others are still read.
    /// </summary>
    private static int ForEach(PredictRequest request, TextWriter error, Action<string, InputPicture> use)
    {
        var code = ExitCode.Done;
        foreach (var file in request.Files)
            try
            {
                foreach (var picture in InputPicture.ReadAll(file))
                    use(file, picture);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                error.WriteLine($"nabla: {e.Message}");
                code = ExitCode.BadRequest;
            }
        return code;
    }

    private static (FittedImage Image, float[] Output) Predict(Model model, InputPicture picture)
    {
        var image = picture.Fit(model.ImageSize!.Value);
        var x = new float[image.Pixels.Length];
        for (var i = 0; i < x.Length; i++)
            x[i] = image.Pixels[i] * ImageSize.PixelScale;
        var y = new float[model.Network.Outputs];
        model.Predict(x, y);
        return (image, y);
    }

    private static string Answer(Model model, float[] output)
    {
        var best = ExampleReport.Largest(output);
        return model.Classes.Count == 0 ? string.Join(", ", output.Select(value => $"{value:G5}"))
            : ExampleReport.MeansProbabilities(model) ? $"{model.Classes[best]} ({Figures.Percent(output[best])})"
            : $"{model.Classes[best]} (output {output[best]:F4})";
    }

    /// <summary>What was done to the picture, in a few lines beside it.</summary>
    private static IEnumerable<string> Changes(InputPicture picture, FittedImage image)
    {
        if (image.AsItWas)
            return ["As in the file"];
        return [
            "As the network sees it:",
            $"from {picture.Size}{(image.DarkOnLight ? ", dark on light, so inverted" : "")};",
            $"{(image.Thickened ? "thickened, " : "")}cropped, scaled and centred"];
    }
}

/// <summary>The options of the command.</summary>
internal sealed record PredictRequest(string ModelPath, IReadOnlyList<string> Files, int Top = 3);
