using Nabla.Data;
using Nabla.Inspection;

namespace Nabla.Cli;

/// <summary>One example of a test set, and the model it is given to.</summary>
internal sealed record InspectedExample(Model Model, Dataset Data, string DataName, int Number)
{
    public static InspectedExample Open(Model model, InspectRequest request, CancellationToken cancel)
    {
        var name = request.On ?? model.Training.GetValueOrDefault("data") ?? "digits";
        var test = DataSource.OpenTest(name, new() { Folder = request.DataFolder }, cancel);
        var number = request.Example ?? 0;
        if (test.Inputs != model.Network.Inputs || test.Outputs != model.Network.Outputs)
            throw new InvalidDataException(
                $"{request.ModelPath} has {model.Network.Inputs} inputs and {model.Network.Outputs} outputs, but the " +
                $"examples of {name} have {test.Inputs} and {test.Outputs}. Name the data it was trained on with " +
                "--on.");
        if (number < 0 || number >= test.Count)
            throw new ArgumentException(
                $"There is no example {number}: the test set of {name} has examples 0 to {test.Count - 1}.");
        return new(model, test, name, number);
    }

    public (Matrix X, Matrix Target) Batch
    {
        get
        {
            Matrix x = new(1, Data.Inputs), target = new(1, Data.Outputs);
            Data.CopyTo([Number], x, target);
            return (x, target);
        }
    }

    /// <summary>The name of its class; null if it has none.</summary>
    public string? Label => Data.HasClasses ? Data.Classes[Data.Label(Number)] : null;

    public WeightExplanation Explain(WeightIndex index)
    {
        var (x, target) = Batch;
        return ChainRule.Explain(Model.Network, Model.Loss, x, target, index.Layer - 1, index.Output, index.Input);
    }
}
